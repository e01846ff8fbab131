"""Makes a wheel of a folder with pure Python in it: the same bytes for the same source, with nothing but the library.

Our plug-in lies in `resources/vllm_plugin` as source and goes into every engine's environment. As a wheel, any
installer can take it in, replace it and take it out again, and the environment can say which version it has.
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

PLUGIN_SOURCE = Path(__file__).resolve().parents[2] / "resources" / "vllm_plugin"
PLUGIN_DISTRIBUTION = "diglot-vllm"
PLUGIN_MODULE = "diglot_vllm"
PLUGIN_GROUP = "vllm.general_plugins"
PLUGIN_NAME = "diglot"

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+!]*")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WHEEL = re.compile(r"([A-Za-z0-9._]+)-([A-Za-z0-9.+!_]+)(?:-[0-9][A-Za-z0-9._]*)?(?:-[A-Za-z0-9._]+){3}\.whl")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can name: times of files would make every wheel another one."""

EntryPoints = Mapping[str, Mapping[str, str]]
"""Group -> name -> "module:object"."""


def plugin_version(source: Path = PLUGIN_SOURCE) -> str:
    """Return the version that our plug-in's source names, without importing it."""
    return source_version(source / PLUGIN_MODULE / "__init__.py")


def build_plugin(into: Path, *, source: Path = PLUGIN_SOURCE) -> Path:
    """Make our plug-in's wheel in the folder `into` and return it."""
    return build_wheel(
        source,
        name=PLUGIN_DISTRIBUTION,
        version=plugin_version(source),
        modules=(PLUGIN_MODULE,),
        entry_points={PLUGIN_GROUP: {PLUGIN_NAME: f"{PLUGIN_MODULE}:register"}},
        into=into,
    )


def build_wheel(
    folder: Path,
    *,
    name: str,
    version: str,
    modules: Sequence[str],
    entry_points: EntryPoints,
    into: Path,
    extra_files: Sequence[str] = (),
    requires: Sequence[str] = (),
) -> Path:
    """Make a wheel of what lies in `folder` and return the file.

    Args:
        folder: Where the source is.
        name: Of the distribution; normalised for the file's name as the standard wants it.
        version: Of the distribution.
        modules: Packages (folders) and modules (without `.py`) that are taken from `folder`.
        entry_points: What other programs find in it.
        into: Folder for the wheel, made if need be.
        extra_files: Names of files in `folder` that go beside the modules, such as a `.pth`.
        requires: What else an installer has to bring.

    Raises:
        ValueError: A name or version that no installer would take.
        OSError: Something cannot be read or written.
    """
    if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
        raise ValueError(f"no name and version of a distribution: {name!r} {version!r}")
    stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}"
    content = _source(folder, modules, extra_files)
    about = f"{stem}.dist-info"
    content[f"{about}/METADATA"] = "".join(
        f"{line}\n"
        for line in (
            "Metadata-Version: 2.1",
            f"Name: {name}",
            f"Version: {version}",
            *(f"Requires-Dist: {each}" for each in requires),
        )
    ).encode()
    content[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: diglot\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if entry_points:
        content[f"{about}/entry_points.txt"] = _entry_points(entry_points)
    content[f"{about}/RECORD"] = _record(content, f"{about}/RECORD")
    into.mkdir(parents=True, exist_ok=True)
    wheel = into / f"{stem}-py3-none-any.whl"
    unfinished = wheel.with_name(wheel.name + ".new")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:  # packed bytes differ with zlib's version
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.create_system = 3  # as on Unix, wherever it is made
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return unfinished.replace(wheel)


def package_of(file_name: str) -> tuple[str, str] | None:
    """Return the distribution's normalised name and its version from a wheel's file name; None for another file."""
    found = _WHEEL.fullmatch(file_name)
    return (re.sub(r"[-_.]+", "-", found[1]).lower(), found[2]) if found else None


def file_digest(file: Path) -> str:
    """Return a small file's SHA-256 in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def source_version(file: Path) -> str:
    """Return the text that a module gives its `__version__`, read and not run. Raises ValueError if there is none."""
    for statement in ast.parse(file.read_text("utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__version__")], value=ast.Constant(value=str(version))):
                return version
    raise ValueError(f"{file.name} names no version")


def _source(folder: Path, modules: Sequence[str], extra_files: Sequence[str]) -> dict[str, bytes]:
    """Return path in the wheel -> bytes, in an order that does not depend on the file system."""
    files: list[Path] = []
    for module in modules:
        if not _MODULE.fullmatch(module):
            raise ValueError(f"not the name of a module: {module!r}")
        package, single = folder / module, folder / f"{module}.py"
        if package.is_dir():
            files += [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
        elif single.is_file():
            files.append(single)
        else:
            raise ValueError(f"no module {module} in {folder}")
    for extra in extra_files:
        if PurePosixPath(extra).name != extra:
            raise ValueError(f"not a file beside the modules: {extra!r}")
        files.append(folder / extra)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}


def _entry_points(groups: EntryPoints) -> bytes:
    lines: list[str] = []
    for group, members in sorted(groups.items()):
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in sorted(members.items())), ""]
    return "\n".join(lines).encode()


def _record(content: Mapping[str, bytes], own: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow((path, f"sha256={digest}", len(data)))
    rows.writerow((own, "", ""))
    return text.getvalue().encode()
