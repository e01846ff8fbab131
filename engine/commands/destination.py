"""Where the results of `diglot read` go: standard output, one file, or one file for each input in a folder."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from engine.errors import OutputNotWritable, UsageError
from engine.exports.characters import one_line
from engine.exports.formats import FORMATS, format_of
from engine.exports.writing import check_place, translated, try_folder, write_whole

STANDARD_OUTPUT = ("-", "/dev/stdout")
"""What people call it after -o; a file named "-" is ./-."""
LONGEST_NAME_BYTES = 240
"""File systems take 255; the rest is left for what others put behind a name."""


class Destination(ABC):
    """Takes the rendered documents, in the order of the inputs."""

    def __init__(self, inputs: Sequence[Path], format_name: str, *, keep: Sequence[Path] = ()) -> None:
        """Write nothing yet; neither the inputs nor the files to `keep` are ever overwritten."""
        self.inputs = inputs
        self.format_name = format_name
        self.originals = (*inputs, *keep)

    @abstractmethod
    def check(self) -> None:
        """Raise an `OutputError` now where writing must fail, before hours are spent on reading."""

    @abstractmethod
    async def put(self, index: int, text: str) -> None:
        """Take the document of one input. Raises `OutputError`, or `BrokenPipeError` where nobody listens any more."""

    async def finish(self) -> None:  # noqa: B027 - most have nothing left to do
        """Write what was gathered, once. Raises `OutputError`."""

    @abstractmethod
    def place(self, index: int) -> str:
        """Return the file of one input for a sentence, "" for standard output."""


class ToStandardOutput(Destination):
    """Each document as soon as it is read."""

    _begun = False

    def check(self) -> None:
        """Raise where standard output is closed."""
        if sys.stdout is None:
            raise OutputNotWritable("standard output", detail="it is closed")

    async def put(self, index: int, text: str) -> None:
        """Write and flush, in a thread: whoever reads the pipe may be slow."""
        data = joined(self.inputs, index, text, self.format_name, first=not self._begun).encode("utf-8", "replace")
        self._begun = True
        try:
            await asyncio.to_thread(_write_out, data)
        except BrokenPipeError:
            raise
        except OSError as problem:
            raise translated("standard output", problem) from problem

    def place(self, index: int) -> str:
        """Return "": what went to standard output has no name."""
        return ""


class ToFile(Destination):
    """All documents in one file, written at the end."""

    def __init__(self, inputs: Sequence[Path], format_name: str, path: Path, *, keep: Sequence[Path] = ()) -> None:
        """Write nothing yet."""
        super().__init__(inputs, format_name, keep=keep)
        self._path = path
        self._parts: list[str] = []

    def check(self) -> None:
        """Raise where the file cannot be written."""
        try_folder(check_place(self._path, inputs=self.originals).parent)

    async def put(self, index: int, text: str) -> None:
        """Keep it for the end."""
        self._parts.append(joined(self.inputs, index, text, self.format_name, first=not self._parts))

    async def finish(self) -> None:
        """Write the file, unless there is nothing to write."""
        if self._parts:
            parts, self._parts = self._parts, []
            await asyncio.to_thread(write_whole, self._path, "".join(parts), inputs=self.originals)

    def place(self, index: int) -> str:
        """Return the file."""
        return str(self._path)


class ToFolder(Destination):
    """One file for each input; the folder is made when the first one is written."""

    def __init__(self, inputs: Sequence[Path], format_name: str, folder: Path, *, keep: Sequence[Path] = ()) -> None:
        """Write nothing yet."""
        super().__init__(inputs, format_name, keep=keep)
        self._folder = folder
        self._names = names_for(inputs, FORMATS[format_name].suffix)

    def check(self) -> None:
        """Raise where the folder cannot be made or written."""
        if self._folder.exists() and not self._folder.is_dir():
            raise OutputNotWritable(str(self._folder), detail="a file has this name")
        for name in self._names:
            check_place(self._folder / name, inputs=self.originals, make_folder=True)
        if self._folder.exists():
            try_folder(self._folder)

    async def put(self, index: int, text: str) -> None:
        """Write the file of this input."""
        await asyncio.to_thread(self._write, self._folder / self._names[index], text)

    def place(self, index: int) -> str:
        """Return the file of this input."""
        return str(self._folder / self._names[index])

    def _write(self, path: Path, text: str) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise translated(str(self._folder), problem) from problem
        write_whole(path, text, inputs=self.originals)


def destination_for(
    inputs: Sequence[Path], *, output: str | None, format_name: str | None, keep: Sequence[Path] = ()
) -> Destination:
    """Choose by what was asked for; "-" is standard output. Files to `keep` are not overwritten, as inputs are not.

    Raises:
        UsageError: The format cannot be told from the name, or several inputs cannot be put into one HTML file.
    """
    if output is None or output in STANDARD_OUTPUT:
        return ToStandardOutput(inputs, _joinable(format_name or "md", inputs))
    path = Path(output)
    if not output:
        raise UsageError("-o", detail="the name is empty")
    slash = output.endswith(("/", os.sep))
    if slash or path.is_dir() or (len(inputs) > 1 and format_of(path) is None):
        return ToFolder(inputs, format_name or "md", path, keep=keep)
    if format_name is None and (format_name := format_of(path)) is None:
        if path.suffix:
            ours = ", ".join(form.suffix for form in FORMATS.values())
            raise UsageError(
                f"-o {one_line(output)}", detail=f"{path.suffix} is none of {ours}; choose one, or say --format"
            )
        format_name = "md"
    return ToFile(inputs, _joinable(format_name, inputs), path, keep=keep)


def names_for(inputs: Sequence[Path], suffix: str) -> list[str]:
    """Return one file name for each input, none of them twice, on file systems that ignore capitals too."""
    full = [path.name or path.resolve().name or "document" for path in inputs]
    short = [name if path.is_dir() else Path(name).stem for name, path in zip(full, inputs, strict=True)]
    wishes = [_key(name) for name in short]
    taken: set[str] = set()
    names: list[str] = []
    for stem, whole, wish in zip(short, full, wishes, strict=True):
        chosen = _cut(stem if wishes.count(wish) == 1 else whole, suffix)
        base, number = chosen, 1
        while _key(chosen) in taken:
            number += 1
            chosen = _cut(base, f" ({number}){suffix}").removesuffix(suffix)
        taken.add(_key(chosen))
        names.append(chosen + suffix)
    return names


def joined(inputs: Sequence[Path], index: int, text: str, format_name: str, *, first: bool) -> str:
    """Return a document as it stands after the others in one stream."""
    if len(inputs) == 1 or format_name == "json":
        return text
    if format_name == "txt":
        return text if first else "\f" + text
    # A comment may not hold "--" or ">".
    name = re.sub(r"[<>]", "", re.sub(r"-(?=-)", "- ", one_line(inputs[index].name)))
    return ("" if first else "\n") + f"<!-- file {name} -->\n\n{text}"


def _joinable(format_name: str, inputs: Sequence[Path]) -> str:
    if format_name == "html" and len(inputs) > 1:
        raise UsageError("--format html", detail="several inputs need -o FOLDER, one HTML file for each")
    return format_name


def _write_out(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _cut(stem: str, ending: str) -> str:
    """Return stem + ending without the format's suffix being lost to a name that is too long."""
    tail = ending if ending.startswith(" (") else ""
    while stem and len(os.fsencode(stem + ending)) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return stem + tail
