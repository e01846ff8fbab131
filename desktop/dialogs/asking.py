"""Waits for a dialog's answer without blocking the loop: never `exec`, which would hang a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QDialog

T = TypeVar("T")


async def answer_of(dialog: QDialog, take: Callable[[], T]) -> T | None:
    """Show the dialog, wait for its end and return what `take` gives; None where the person gave up.

    `take` is called while the dialog closes, for afterwards it may be gone. A cancelled wait takes the dialog away.
    """
    answer: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()

    def finished(code: int) -> None:
        taken = take()
        if not answer.done():
            answer.set_result(taken if code == QDialog.DialogCode.Accepted.value else None)

    dialog.finished.connect(finished)
    dialog.open()
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.reject()
        raise
