"""What an installer says, understood: how far it is, and why it gave up. For uv and for every pip since 23.

The lines come from programs that quote servers and file names, so nothing here believes more than it must, and nothing
that goes on from here may carry the password of a package source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.engine_errors import DownloadFailed, InstallFailed, KitDamaged
from engine.errors import DiglotError, DiskFull
from engine.setup.installing import SourceKind

LONGEST_DETAIL = 200

_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*)://([^\s'\"<>`]*)", re.IGNORECASE)

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "BYTES": 1}
_SIZE = r"([0-9]{1,7}(?:\.[0-9]{1,3})?) ?([kKMG]i?B|B|bytes)"
_DOWNLOADING = re.compile(rf"\s*Downloading (\S+) \({_SIZE}\)")
_UV_DOWNLOADED = re.compile(r"\s*(?:Downloaded|Prepared|Built) (\S+)")
_RAW = re.compile(r"Progress ([0-9]{1,15}) of ([0-9]{1,15})")
_COLLECTING = re.compile(r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9][A-Za-z0-9._-]*)")
_PROCESSING = re.compile(r"\s*(?:Processing|Using cached) (\S+)")
_INSTALLING = re.compile(
    r"(?:Installing collected packages: (.*)|Prepared \d+ packages? in |Installed \d+ packages? in )"
)
_WHEEL = re.compile(r"([A-Za-z0-9._]+?)-([0-9][A-Za-z0-9.+!_]*)-[A-Za-z0-9._-]+\.whl")

_FULL = re.compile(
    r"No space left on device|\[Errno 28\]|os error 28\b|Disk quota exceeded|os error 122\b|\[Errno 122\]"
)
_NETWORK = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"name resolution|Name or service not known|nodename nor servname|dns error", "its name cannot be resolved"),
        (r"ProxyError|proxy authentication|\b407\b", "the proxy did not let us through"),
        (
            r"SSLError|CERTIFICATE_VERIFY_FAILED|certificate verify|invalid peer certificate",
            "its certificate is not trusted",
        ),
        (r"Connection refused", "it refused the connection"),
        (r"Network is unreachable|No route to host", "there is no way to it"),
        (r"\b401\b.*(?:Error|Unauthorized)|credentials not correct", "it wants another user or password"),
        (r"\b403\b.*(?:Error|Forbidden)", "it forbids the download"),
        (r"\b(?:429|5\d\d)\b.*(?:Error|responses|Too Many)", "it has troubles of its own"),
        (r"Read ?timed? ?out|ConnectTimeout|operation timed out|request timed out", "it did not answer in time"),
        (
            r"incomplete-download|connection (?:reset|aborted|interrupted|broken)|error decoding response",
            "the connection broke",
        ),
        (r"Failed to establish a new connection|Max retries exceeded|error sending request", "it cannot be reached"),
    )
)
_HOST = re.compile(r"\bhost='([^']{1,100})'|\b[a-z]+://([^/\s'\"`()]{1,100})", re.IGNORECASE)
_HARMED = re.compile(
    r"DO NOT MATCH THE HASHES|[Hh]ash mismatch|is invalid\.$|Failed to read from zip|invalid package format|BadZipFile"
    r"|Failed to extract archive|Bad CRC"
)
_FILE = re.compile(r"[A-Za-z0-9_.+-]+\.whl|[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+")
_NOT_FOUND = re.compile(
    r"No matching distribution found for (?P<pip>[^;()]+)|there is no version of (?P<uv>\S+)"
    r"|Because (?P<uvname>\S+) was not found in"
)
_CONFLICT = re.compile(r"ResolutionImpossible|conflicting dependencies|requirements are unsatisfiable")
_UNSUITABLE = re.compile(r"(\S+\.whl) is not a supported wheel on this platform|has no wheels with a matching")
_ERROR_LINE = re.compile(r"(?:ERROR|error|Error): |\s*cause: |\s*Caused by: |[A-Za-z]+Error: ")


class Tally:
    """Counts what was downloaded from an installer's lines, and knows which package it is about.

    `loaded_bytes` never goes back. `current_bytes` is how large the file in work is, where a pip gives no more than
    that; who can see the file grow may say so with `grown`.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.name = ""
        self.installing = False
        self.packages: tuple[str, ...] = ()  # in the order in which a pip installs them, which it tells only once
        self._whole = 0
        self._files: dict[str, int] = {}  # in work: name -> size
        self._part = 0

    @property
    def loaded_bytes(self) -> int:
        """What has come so far, as far as the lines told."""
        return self._whole + self._part

    @property
    def whole_bytes(self) -> int:
        """The sizes of the files that have come whole."""
        return self._whole

    @property
    def current_bytes(self) -> int:
        """The size of what is in work."""
        return sum(self._files.values())

    def grown(self, count: int) -> None:
        """Take note that this many bytes of the files in work are there; more than their size is not believed."""
        self._part = max(self._part, min(count, self.current_bytes))

    def feed(self, line: str) -> None:
        """Take one line."""
        if found := _RAW.fullmatch(line):
            self.grown(int(found[1]))
        elif found := _DOWNLOADING.match(line):
            if ".whl" in found[1] and found[1] not in self._files:
                self._finish_all()  # pip names files, and fetches one after the other; uv names packages
            self._begin(found[1], _bytes(found[2], found[3]))
        elif found := _UV_DOWNLOADED.fullmatch(line):
            self._finish(found[1])
        elif found := _INSTALLING.match(line):
            self._finish_all()
            self.installing = True
            self.packages = tuple(found[1].split(", ")) if found[1] else self.packages
            self.name = ""
        elif found := _PROCESSING.match(line):
            self._finish_all()
            self.name = _package(found[1])
        elif found := _COLLECTING.match(line):
            self._finish_all()
            self.name = found[1][:100]

    def _begin(self, name: str, size: int) -> None:
        self.name = _package(name)
        self._files[name] = size

    def _finish(self, name: str) -> None:
        size = self._files.pop(name, 0)
        self._whole += size
        self._part = max(0, self._part - size)

    def _finish_all(self) -> None:
        for name in tuple(self._files):
            self._finish(name)
        self._part = 0


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text with nothing in its addresses but scheme, host and path: no user, no password, no query.

    `secrets` are known ones, which are taken out wherever they stand.
    """

    def plain(found: re.Match[str]) -> str:
        rest = re.split(r"[?#]", found[2], maxsplit=1)[0]
        # The last @ before the path's end: a password may hold one of its own, and a slash, and no path needs one.
        return f"{found[1]}://{rest.rsplit('@', 1)[-1]}"

    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "•••")
    return _ADDRESS.sub(plain, text)


def cause_of_failure(untrusted_lines: Sequence[str], code: int, *, kind: SourceKind, name: str = "") -> DiglotError:
    """Return the error that says why an installer ended with this code, as far as its lines tell.

    Args:
        untrusted_lines: What it wrote; the last few hundred lines will do.
        code: How it ended; 128 and more for a signal.
        kind: A kit has no network to blame, and whatever is missing in it is missing for good.
        name: The package it was at.
    """
    lines = [without_secrets(line).strip() for line in untrusted_lines]
    if _first(_FULL, lines):
        return DiskFull(detail=f"at {name}" if name else "")
    if kind is SourceKind.KIT:
        if harmed := _harmed(lines):
            return KitDamaged(name, detail=harmed)
        if missing := _missing(lines):
            return KitDamaged(detail=f"it lacks {missing}")
    if unsuitable := _first(_UNSUITABLE, lines):
        return InstallFailed(name, detail=_short(_plain(unsuitable)))
    if kind is SourceKind.INDEX:
        if why := _network(lines):
            return DownloadFailed(detail=why)
        if harmed := _harmed(lines):
            return DownloadFailed(name, detail=harmed)
    if missing := _missing(lines):
        return InstallFailed(detail=f"the package sources have no {missing} for this Python")
    if conflict := _first(_CONFLICT, lines):
        return InstallFailed(detail=_short(f"the packages do not go together: {_plain(conflict)}"))
    if code == 128 + 9:
        return InstallFailed(name, detail="the installer was killed, perhaps for want of memory")
    told = [line for line in lines if _ERROR_LINE.match(line)]
    return InstallFailed(name, detail=_short(_plain(told[-1])) if told else f"the installer ended with code {code}")


def _network(lines: Sequence[str]) -> str:
    """Return what stood between us and the server, and which server; the first reason of the list that is met."""
    for pattern, words in _NETWORK:
        if line := _first(pattern, lines):
            host = next((found for each in (line, *lines) for found in _HOST.findall(each)), ("", ""))
            return f"{host[0] or host[1]}: {words}" if any(host) else words
    return ""


def _harmed(lines: Sequence[str]) -> str:
    """Return what came damaged: the file's name where one is told, on that line or after it."""
    for number, line in enumerate(lines):
        if _HARMED.search(line):
            for each in lines[number:]:
                if found := _FILE.search(each):
                    return f"{found.group()} is not what it should be"
            return _short(_plain(line))
    return ""


def _missing(lines: Iterable[str]) -> str:
    for line in lines:
        if found := _NOT_FOUND.search(line):
            return next(each for each in found.groups() if each).strip().rstrip(".,")[:LONGEST_DETAIL]
    return ""


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    return next((line for line in lines if pattern.search(line)), "")


def _plain(line: str) -> str:
    """Drop what only says that this is an error."""
    return re.sub(r"^(?:ERROR|error|WARNING|warning|cause|Caused by|hint): ", "", line)


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_DETAIL else line[:LONGEST_DETAIL] + " …"


def _package(file: str) -> str:
    """Return "torch 2.13.0" for the path or address of a wheel, and what else was given as it is."""
    base = re.split(r"[?#]", file, maxsplit=1)[0].rsplit("/", 1)[-1]
    found = _WHEEL.fullmatch(base)
    return f"{found[1].replace('_', '-')} {found[2]}" if found else base[:100]


def _bytes(number: str, unit: str) -> int:
    return round(float(number) * _UNITS[unit.upper()])
