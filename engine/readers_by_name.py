"""The readers by the names that people use, each made when it is first asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.errors import UsageError

if TYPE_CHECKING:  # a front that only shows pages never pays for them
    from engine.local_engine import LocalEngine
    from engine.readers.reader import Reader
    from engine.readers.second import SecondReader
    from engine.settings import RemoteSettings

UNKNOWN_PAGES = 4
"""How many pages an engine is asked at once that has not said yet how many it reads."""
READER_NAMES = ("auto", "cpu", "text", "vllm")


class ReadersByName:
    """Makes the readers of a service and ends them."""

    def __init__(self, engine: Callable[[], LocalEngine], *, workers: int | None = None) -> None:
        """Make none yet.

        Args:
            engine: Gives the local engine, where its reader is asked for.
            workers: How many cores the built-in reader may use; all of them by default.
        """
        self._engine = engine
        self._workers = workers
        self._made: dict[str, Reader] = {}
        self._replaced: list[Reader] = []

    def named(self, name: str) -> Reader:
        """Return a reader. Raises `UsageError` where there is none of that name."""
        if name not in READER_NAMES:
            found = self._made.get(_url(name))
            if found is None:
                raise UsageError(name, detail=f"the readers are {', '.join(READER_NAMES)}")
            return found
        if name not in self._made:
            self._made |= self._model_reader() if name == "vllm" else self._built_in()
        return self._made[name]

    def made(self, name: str) -> Reader | None:
        """Return a reader that was asked for already, None for any other."""
        return self._made.get(name)

    def use_server(self, settings: RemoteSettings, key: str) -> str:
        """Make a reader that asks this server, and return its name, which is the address. Nothing is asked yet.

        Raises:
            NotEncrypted: Pages would travel unencrypted, and nobody has accepted that for this address.
            RemoteError: The settings hold no address.
        """
        from engine.readers.hunyuan import HunyuanReader
        from engine.server.remote import allowed_address
        from engine.shared_server import SharedServer

        url = allowed_address(settings).url
        server = SharedServer(settings, key=key)
        if url in self._made:
            self._replaced.append(self._made[url])  # a job may still read with it
        self._made[url] = HunyuanReader(
            server.seat,
            name=url,
            pages_at_once=lambda: server.status.pages_at_once or UNKNOWN_PAGES,
            second=self._second(),
            loads=server.samples,
        )
        return url

    async def close(self) -> None:
        """End the processes of all readers."""
        readers = [*self._made.values(), *self._replaced]
        self._made, self._replaced = {}, []
        await asyncio.gather(*(reader.close() for reader in readers))

    def _model_reader(self) -> dict[str, Reader]:
        from engine.readers.hunyuan import HunyuanReader

        engine = self._engine()
        reader = HunyuanReader(
            engine.seat,
            pages_at_once=lambda: engine.status.pages_at_once or UNKNOWN_PAGES,
            second=self._second(),
            loads=engine.samples,
        )
        return {"vllm": reader}

    def _second(self) -> SecondReader | None:
        """Return what reads the same pages beside the model, unless the person does not wish it."""
        from engine.settings import load_settings

        if not load_settings().reading.second_reader:
            return None
        from engine.readers.cpu import CpuReader
        from engine.readers.second import AutoSecondReader

        cpu = self.named("cpu")
        assert isinstance(cpu, CpuReader)
        return AutoSecondReader(cpu)

    def _built_in(self) -> dict[str, Reader]:
        from engine.readers.auto import AutoReader
        from engine.readers.cpu import CpuReader
        from engine.readers.text import TextReader

        cpu = CpuReader(workers=self._workers)
        text = TextReader(cpu)
        return {"cpu": cpu, "text": text, "auto": AutoReader(text, cpu)}


def _url(name: str) -> str:
    """Return the form of an address in which its reader is known; any other name as it is."""
    from engine.engine_errors import RemoteError
    from engine.server.address import parse_address

    try:
        return parse_address(name).url if "://" in name else name
    except RemoteError:
        return name
