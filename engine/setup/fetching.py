"""One file from the network onto the disk: resumed where it broke off, bounded in everything, over https alone.

A redirect is followed by hand, so that it can be looked at first: it may only lead to https, or stay where the file's
own address is. What comes is counted against the size that was told, and hashed on its way.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from engine.engine_errors import DownloadFailed, ModelDamaged
from engine.setup.hubs import Hub, RemoteFile
from engine.setup.part_file import PartFile

if TYPE_CHECKING:
    import httpx2

Result = TypeVar("Result")

MAX_REDIRECTS = 5
MAX_TRIES = 200
TRIES_WITHOUT_PROGRESS = 5
LONGEST_PAUSE_S = 15.0
SIZE_MAY_BE_UNTOLD = 64 << 20
"""A file that may have no more bytes than this need not say how many it has."""
_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})")
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})


class _BrokenOffError(Exception):
    """The connection broke, or the server asks for patience: another try may do. The text says it for a person."""


class NotThereError(Exception):
    """The hub does not have a file that is not needed."""


class Fetcher:
    """Fetches the files of one hub with one client, one after the other."""

    def __init__(self, client: httpx2.AsyncClient, hub: Hub, *, pause_s: float) -> None:
        """Take a client that follows no redirects; `pause_s` is the wait before a second try, later ones are longer."""
        self._client = client
        self._hub = hub
        self._pause_s = pause_s

    async def size_of(self, file: RemoteFile) -> int | None:
        """Ask how many bytes a file has, by asking for the first; None where it does not say, and may do so.

        Raises:
            NotThereError: There is none, and none is needed.
            DownloadFailed: There is none, or no answer.
        """

        async def ask() -> int | None:
            async with self._answer(file, {"Range": "bytes=0-0"}, may_be_missing=not file.needed) as answer:
                return self._told_size(answer, file)

        return await self._patiently(ask, file, lambda: 0)

    async def fetch(self, file: RemoteFile, part: PartFile, size: int | None, on_bytes: Callable[[int], None]) -> None:
        """Bring what is missing of a file into `part`, and hold the whole against its hash.

        `on_bytes` is told of bytes that came, and of bytes that had to be thrown away as a negative number.

        Raises:
            DownloadFailed: The network or the server said no, more often than we ask.
            ModelDamaged: What came is not what was published; it was thrown away.
            DiskFull, OutputNotWritable: It cannot be written.
        """
        from_earlier = part.bytes > 0
        while True:
            await self._patiently(lambda: self._go_on(file, part, size, on_bytes), file, lambda: part.bytes)
            if part.sha256 == file.sha256 or not file.sha256:
                return
            on_bytes(-part.bytes)
            part.empty()
            if not from_earlier:
                raise ModelDamaged(file.name, detail=f"what {self._hub.title} sent is not what was published")
            from_earlier = False  # what an earlier run left may have been the wrong part: once more from the start

    async def _go_on(self, file: RemoteFile, part: PartFile, size: int | None, on_bytes: Callable[[int], None]) -> None:
        start = part.bytes
        if start and (not file.sha256 or size is None or start > size):
            on_bytes(-start)
            part.empty()
            start = 0
        if start and start == size:
            return
        async with self._answer(file, {"Range": f"bytes={start}-"} if start else {}) as answer:
            told = self._told_size(answer, file)
            if told != size:
                raise DownloadFailed(file.name, detail=f"{self._hub.title} tells another size than before")
            if start and answer.status_code == 200:
                on_bytes(-start)  # it does not know how to go on, and sends the whole file
                part.empty()
            elif start and _range_of(answer)[0] != start:
                raise DownloadFailed(file.name, detail=f"{self._hub.title} sends another part than was asked for")
            most = file.limit if told is None else told
            async for piece in answer.aiter_raw():  # of any size: a given one would hold back, and lose, the last
                if part.bytes + len(piece) > most:
                    raise DownloadFailed(file.name, detail=f"{self._hub.title} sends more than it said")
                part.write(piece)
                on_bytes(len(piece))
        if told is not None and part.bytes < told:
            raise _BrokenOffError("the connection broke off")

    @contextlib.asynccontextmanager
    async def _answer(
        self, file: RemoteFile, headers: dict[str, str], *, may_be_missing: bool = False
    ) -> AsyncIterator[httpx2.Response]:
        """Ask for a file, following redirects that may be followed, and give the answer that is one."""
        place = origin = self._hub.url(file)
        for _ in range(MAX_REDIRECTS + 1):
            request = self._client.build_request("GET", place, headers={"Accept-Encoding": "identity", **headers})
            answer = await self._client.send(request, stream=True)
            try:
                if answer.next_request is None:
                    if answer.status_code == 404 and may_be_missing:
                        raise NotThereError
                    self._check_status(answer, file)
                    yield answer
                    return
                place = str(answer.next_request.url)
            finally:
                await answer.aclose()
            if not may_go_to(place, origin):
                raise DownloadFailed(file.name, detail=f"{self._hub.title} sends us to an address without https")
        raise DownloadFailed(file.name, detail=f"{self._hub.title} sends us round and round")

    def _check_status(self, answer: httpx2.Response, file: RemoteFile) -> None:
        code = answer.status_code
        if code in _WORTH_ANOTHER_TRY:
            raise _BrokenOffError(f"{self._hub.title} answers with {code}")
        if code == 404:
            raise DownloadFailed(file.name, detail=f"{self._hub.title} does not have this file (404)")
        if code not in (200, 206):
            raise DownloadFailed(file.name, detail=f"{self._hub.title} answers with {code}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise DownloadFailed(file.name, detail=f"{self._hub.title} sends it packed, which was not asked for")

    def _told_size(self, answer: httpx2.Response, file: RemoteFile) -> int | None:
        """Return how many bytes the whole file has, as the answer tells."""
        told = answer.headers.get("content-length")
        if answer.status_code == 206:
            size = _range_of(answer)[1]
        elif told is None and file.limit <= SIZE_MAY_BE_UNTOLD:
            return None
        else:
            size = int(told) if told is not None and re.fullmatch(r"\d{1,15}", told) else -1
        if not 0 < size <= file.limit:
            raise DownloadFailed(file.name, detail=f"{self._hub.title} tells a size that cannot be right")
        return size

    async def _patiently(
        self, attempt: Callable[[], Awaitable[Result]], file: RemoteFile, progress: Callable[[], int]
    ) -> Result:
        """Try again while there is hope; a try that brought something starts the count anew."""
        import httpx2

        tries, reached = 0, progress()
        for _ in range(MAX_TRIES):
            try:
                return await attempt()
            except _BrokenOffError as problem:
                last: Exception = problem
                said = str(problem)
            except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as problem:
                raise DownloadFailed(file.name, detail=f"{self._hub.title} sends us to no real address") from problem
            except httpx2.HTTPError as problem:
                if _untrusted_certificate(problem):
                    detail = f"the certificate of {self._hub.title} is not trusted on this machine"
                    raise DownloadFailed(file.name, detail=detail) from problem
                last, said = problem, f"no connection to {self._hub.title}"
            tries = tries + 1 if progress() <= reached else 1
            reached = max(reached, progress())
            if tries >= TRIES_WITHOUT_PROGRESS:
                break
            await asyncio.sleep(min(LONGEST_PAUSE_S, self._pause_s * 2 ** (tries - 1)))
        raise DownloadFailed(file.name, detail=said) from last


def may_go_to(place: str, origin: str) -> bool:
    """Tell whether a redirect may lead there: to https wherever, else only within the place that we asked ourselves."""
    try:
        to, base = urlsplit(place), urlsplit(origin)
        return to.scheme == "https" or (to.scheme, to.hostname, to.port) == (base.scheme, base.hostname, base.port)
    except ValueError:
        return False


def _range_of(answer: httpx2.Response) -> tuple[int, int]:
    """Return where a part begins and how long the whole is; (-1, -1) where the answer does not say."""
    match = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    return (int(match[1]), int(match[2])) if match else (-1, -1)


def _untrusted_certificate(problem: BaseException) -> bool:
    """Tell whether a certificate stands behind an error, however deep."""
    behind: BaseException | None = problem
    while behind is not None:
        if isinstance(behind, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(behind):
            return True
        behind = behind.__cause__ or behind.__context__
    return False
