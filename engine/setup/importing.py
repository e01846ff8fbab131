"""Copying a model in from a folder, a drive or an archive, and checking a copy later.

The source is examined, copied and hashed in one reading, and then the copy is examined: what is judged is what the
engine will load. All of it happens in a hidden folder that gets its name last, so a model is there whole or not at all,
and the source is only ever read.
"""

from __future__ import annotations

import datetime
import functools
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine.engine_errors import ModelDamaged, ModelIncomplete
from engine.errors import DiglotError, NotAFile, NotFound
from engine.setup.archive import unpacked
from engine.setup.background import Stop, in_thread
from engine.setup.checkpoint import Examined, ModelInfo, examine
from engine.setup.checkpoint_files import DRAFT, MANIFEST, cannot_read, total
from engine.setup.copying import Source, hash_of
from engine.setup.model import choose
from engine.setup.model_manifest import HashList, OwnManifest, read_own
from engine.setup.progress import ProgressListener, ProgressMeter
from engine.setup.storing import NewFile, alone_in, check_space, clear_leftovers, put_in_place, staging


async def import_model(
    source: Path, into: Path, *, manifest: Path | None = None, on_progress: ProgressListener
) -> ModelInfo:
    """Copy a model into a folder of its own below `into`, and return what was copied.

    Args:
        source: A folder, a drive or an archive (zip, tar, tar.gz, tar.bz2, tar.xz).
        into: The folder for models; it is made where need be.
        manifest: A list of hashes to hold the source against. Without one, a list that an import of ours left beside
            the source is taken.
        on_progress: Called on the loop with bytes and the time that is left.

    Raises:
        NotHunyuanOcr: There is no HunyuanOCR model at `source`.
        ModelIncomplete, ModelDamaged: There is one, and not all of it, or not as it should be.
        NotFound, NotAFile, NotReadable: The source cannot be opened.
        FileVanished: It went away or changed while it was copied.
        DiskFull, OutputNotWritable: It cannot be written; `DiskFull` says how much is missing.
        SetupError: Another import is running.
    """
    return await in_thread(functools.partial(_import, source, into, manifest), on_progress)


async def check_model(folder: Path, *, on_progress: ProgressListener) -> ModelInfo:
    """Compare every byte of an imported model with what was copied. A folder that was not imported is only examined.

    Raises:
        NotHunyuanOcr, ModelIncomplete, ModelDamaged: The first thing that is wrong, with the file's name.
        NotReadable, FileVanished: A file could not be read.
    """
    return await in_thread(functools.partial(check, folder), on_progress)


def take_in(
    found: Examined,
    into: Path,
    *,
    hashes: HashList | None,
    stop: Stop,
    tell: ProgressListener,
    owned: Mapping[Path, str] | None = None,
) -> ModelInfo:
    """Bring an examined model into `into`, where the caller is alone. See `import_model` for the errors.

    `owned` are files of ours with their hashes (unpacked, downloaded); they are moved instead of copied.
    """
    target = into / f"HunyuanOCR-{found.info.version}"
    if found.info.folder == target.resolve():
        return check(target, stop, tell)
    source = Source(hashes or _own_hashes(found), owned or {}, stop)
    for file in found.files:
        source.look_up(file)
    there = _already_there(found, target, source, tell)
    if there is not None:
        return there
    check_space(into, sum(file.bytes for file in found.files if file.path not in source.owned))
    meter = ProgressMeter(total(found.files), tell)
    with staging(into, target.name) as folder:
        copies = [source.copy(file, folder / file.name, meter) for file in found.files]
        stripped = tuple(f"{copy.entry.path}: {key}" for copy in copies for key in copy.removed)
        copied = examine(folder)
        own = OwnManifest(tuple(copy.entry for copy in copies), copied.info.version, stripped)
        with NewFile(folder / MANIFEST) as stream:
            stream.write(own.as_text(imported=datetime.date.today().isoformat()).encode())
        stop.check()
        put_in_place(folder, target)
    draft = target / DRAFT if copied.info.draft is not None else None
    return replace(copied.info, folder=target, draft=draft, stripped=stripped)


def _import(source: Path, into: Path, manifest: Path | None, stop: Stop, tell: ProgressListener) -> ModelInfo:
    hashes = HashList.read(manifest) if manifest is not None else None
    if _is_folder(source):
        found = choose(source, look=stop.check)
        with alone_in(into):
            clear_leftovers(into)
            return take_in(found, into, hashes=hashes, stop=stop, tell=tell)
    with alone_in(into):
        clear_leftovers(into)
        with unpacked(source, into, stop=stop, tell=tell) as (folder, owned):
            return take_in(choose(folder), into, hashes=hashes, stop=stop, tell=told_nobody, owned=owned)


def check(folder: Path, stop: Stop, tell: ProgressListener) -> ModelInfo:
    """Do what `check_model` promises, in a thread."""
    found = examine(folder)
    own = read_own(folder)
    if own is None:
        return found.info
    there = {file.name: file for file in found.files}
    meter = ProgressMeter(total(found.files), tell)
    for entry in own.entries:
        file = there.get(entry.path)
        if file is None:
            raise ModelIncomplete(entry.path[:200], detail="it is missing")
        if hash_of(file, stop, meter) != entry.sha256:
            raise ModelDamaged(file.name, detail="it is no longer what was copied")
    return replace(found.info, stripped=own.stripped)


def _already_there(found: Examined, target: Path, source: Source, tell: ProgressListener) -> ModelInfo | None:
    """Return the copy of this very model that is there, whole to the last byte; None where there is none.

    Both are read and nothing is written, so this needs no space. Sizes are compared first: they mostly differ.
    """
    try:
        own, there = read_own(target), examine(target)
    except DiglotError:
        return None
    copied = {entry.path: entry for entry in own.entries} if own is not None else {}
    sizes = {file.name: file.bytes for file in found.files if file.name.endswith(".safetensors")}
    if own is None or copied.keys() != {file.name for file in found.files}:
        return None
    if any(copied[name].bytes != size for name, size in sizes.items()):
        return None
    meter = ProgressMeter(total(found.files) + total(there.files), tell)
    if any(source.hash_of_copy(file, meter) != copied[file.name].sha256 for file in found.files):
        return None
    if any(hash_of(file, source.stop, meter) != copied[file.name].sha256 for file in there.files):
        return None
    return replace(there.info, folder=target, draft=there.info.draft and target / DRAFT, stripped=own.stripped)


def _own_hashes(found: Examined) -> HashList | None:
    """Return the list that an import of ours left beside the source: people carry a model from machine to machine."""
    own = read_own(found.info.folder)
    return HashList(own.entries, name=MANIFEST, folder=found.info.folder) if own is not None else None


def _is_folder(source: Path) -> bool:
    try:
        mode = source.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(str(source)) from None
    except OSError as problem:
        raise cannot_read(source, problem) from problem
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise NotAFile(str(source))
    return stat.S_ISDIR(mode)


def told_nobody(_: object) -> None:
    """Listen to nothing: what is only moved within a disk takes no time."""
