"""Where the library of this user lies, for the commands that look into it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from engine.settings import load_settings
from engine.store.files import is_there
from engine.store.library import is_kept_in, library_folder


class LibraryPlace(NamedTuple):
    """The library's folder, and whether anything is kept there yet."""

    folder: Path
    is_there: bool


def library_place(folder: Path | None = None) -> LibraryPlace:
    """Return where the library lies: in `folder`, or else where the person put it.

    Raises:
        StoreUnreachable: They have put it somewhere, and it is not there now.
    """
    if folder is not None:
        return LibraryPlace(folder, is_there(folder))
    settled = library_folder(load_settings().library.folder)
    return LibraryPlace(settled, is_kept_in(settled))
