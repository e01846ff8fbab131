"""What an installer is told: its command line and its environment, made by pure functions, for uv and for pip."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.engine_errors import InstallFailed

RAW_PROGRESS_SINCE = (24, 1)
"""The pip that learnt to say in plain numbers how far a download is."""

_PASSED = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT"),
    *("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_CACHE_HOME", "XDG_DATA_HOME"),  # where their configuration lies
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)
_SOURCES = ("PIP_", "UV_")
_NOT_PASSED = frozenset(
    {
        # Where things go, which Python, and what is said of it, is ours to decide.
        *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_SRC", "PIP_DRY_RUN", "PIP_REPORT"),
        *("PIP_QUIET", "PIP_VERBOSE", "PIP_LOG", "PIP_PROGRESS_BAR", "PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_NO_DEPS"),
        *("PIP_ONLY_BINARY", "PIP_NO_BINARY", "PIP_REQUIRE_VIRTUALENV", "PIP_IGNORE_INSTALLED", "PIP_REQUIRE_HASHES"),
        *("UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT"),
        *("UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON", "UV_PYTHON_PREFERENCE", "UV_WORKING_DIR", "UV_ENV_FILE"),
        *("UV_NO_BUILD", "UV_NO_BINARY", "UV_REQUIRE_HASHES", "UV_VENV_CLEAR", "UV_VENV_SEED"),
        *("UV_BREAK_SYSTEM_PACKAGES", "UV_QUIET", "UV_VERBOSE", "UV_LOG_CONTEXT", "UV_DRY_RUN"),
    }
)
_PIP_FILES = ("pip/pip.conf", "pip/pip.ini")


class Installer(StrEnum):
    """Who fetches and unpacks the packages."""

    UV = "uv"  # comes with the app
    PIP = "pip"  # comes with the new environment's Python


class SourceKind(StrEnum):
    """Where the packages come from."""

    KIT = "kit"
    INDEX = "index"  # whatever sources the installer was configured with


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Where the packages come from; `folder` is the kit's."""

    kind: SourceKind
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kit, checked: folders with wheels, and a file that lists every one of them with version and hash."""

    folders: tuple[Path, ...]
    listing: Path


@dataclass(frozen=True, slots=True)
class Workplace:
    """What an installer works with besides the environment: a folder for the moment, and one for what it downloads.

    Both are ours and lie beside the environment: a system's temporary folder may be far too small, and uv links from
    its cache only where that is on the same disk.
    """

    temporary: Path
    cache: Path

    @property
    def pip_log(self) -> Path:
        """Where pip writes why it skipped a source, which it tells nobody else."""
        return self.temporary / "pip.log"


def choose_installer(environment: Mapping[str, str], *, etc: Path = Path("/etc")) -> Installer:
    """Return who to use with the configured sources: pip where only pip was told where this house's packages are.

    Asking the public index instead would fail in a closed network, and tell the world in an open one.
    """
    if any(name.startswith("UV_") and "INDEX" in name for name in environment):
        return Installer.UV
    home = Path(environment.get("HOME", "/nonexistent"))
    places = [Path(environment.get("XDG_CONFIG_HOME") or home / ".config")]
    places += [Path(each) for each in (environment.get("XDG_CONFIG_DIRS") or str(etc / "xdg")).split(":") if each]
    if any((place / "uv" / "uv.toml").is_file() for place in (*places, etc)):
        return Installer.UV
    files = [place / name for place in places for name in _PIP_FILES] + [home / ".pip" / "pip.conf", etc / "pip.conf"]
    if given := environment.get("PIP_CONFIG_FILE"):
        files.append(Path(given))
    told = {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"} & set(environment)
    return Installer.PIP if told or any(file.is_file() for file in files) else Installer.UV


def uv_program() -> str:
    """Return the path of the uv that came with the app.

    Raises:
        InstallFailed: It is not there.
    """
    try:
        import uv

        return os.fspath(uv.find_uv_bin())
    except (ImportError, FileNotFoundError) as problem:
        raise InstallFailed("uv", detail="the installer that comes with Diglot is missing") from problem


def python_of(environment: Path) -> Path:
    """Return where a virtual environment has its interpreter."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def venv_argv(installer: Installer, interpreter: Path, folder: Path) -> list[str]:
    """Return the command that makes the empty environment."""
    if installer is Installer.PIP:
        return [str(interpreter), "-I", "-m", "venv", str(folder)]
    return [uv_program(), "venv", "--no-project", "--no-config", "--python", str(interpreter), str(folder)]


def install_argv(
    installer: Installer,
    folder: Path,
    requirements: Sequence[str],
    *,
    work: Workplace,
    shelf: Shelf | None,
    pip_version: tuple[int, ...] = (),
) -> list[str]:
    """Return the command that brings the packages: those of the shelf where there is one, else the requirements.

    Nothing is ever built from source: that would need compilers, and run what a package brings before it is installed.
    From a shelf exactly the listed wheels are taken, whatever else lies beside them.
    """
    if installer is Installer.PIP:
        argv = [*_pip(folder), "install", "--only-binary", ":all:", "--no-warn-script-location"]
        argv += ["--log", str(work.pip_log)]
        argv += ["--progress-bar", "raw"] if pip_version >= RAW_PROGRESS_SINCE else []
    else:
        argv = [*_uv("install", folder), "--no-build", "--compile-bytecode"]
        argv += ["--offline", "--no-config"] if shelf is not None else []
    if shelf is None:
        return [*argv, *requirements]
    for place in shelf.folders:
        argv += ["--find-links", place.as_uri()]  # uv takes a comma in a plain path for the end of it
    return [*argv, "--no-index", "--no-deps", "--require-hashes", "-r", str(shelf.listing)]


def wheels_argv(installer: Installer, folder: Path, wheels: Iterable[Path]) -> list[str]:
    """Return the command that puts our own small wheels in, in the place of whichever were there."""
    files = [str(wheel) for wheel in wheels]
    if installer is Installer.PIP:
        return [*_pip(folder), "install", "--no-index", "--no-deps", "--force-reinstall", *files]
    return [*_uv("install", folder), "--offline", "--no-config", "--no-index", "--no-deps", "--reinstall", *files]


def removal_argv(installer: Installer, folder: Path, names: Sequence[str]) -> list[str]:
    """Return the command that takes packages out again; what is not there is not missed."""
    if installer is Installer.PIP:
        return [*_pip(folder), "uninstall", "--yes", *names]
    return [*_uv("uninstall", folder), "--no-config", *names]


def installer_environment(base: Mapping[str, str], *, kind: SourceKind, work: Workplace) -> dict[str, str]:
    """Return all that an installer is told of the world.

    With a kit it hears of no source, no proxy and no configuration. With an index it keeps what tells it where this
    house's packages are, and nothing else of the user's session.
    """
    told = {name: base[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT") if name in base}
    if kind is SourceKind.KIT:
        told |= {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
    else:
        told |= {name: base[name] for name in _PASSED if name in base}
        told |= {name: text for name, text in base.items() if name.startswith(_SOURCES) and name not in _NOT_PASSED}
    told |= {"PIP_CACHE_DIR": str(work.cache / "pip"), "UV_CACHE_DIR": str(work.cache / "uv")}
    told |= {"TMPDIR": str(work.temporary), "TEMP": str(work.temporary), "TMP": str(work.temporary)}
    told.setdefault("UV_SYSTEM_CERTS", "1")  # a house whose proxy looks into TLS has its certificate there
    told |= {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COLOR": "1", "NO_COLOR": "1"}
    told |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1"}
    return told


def secrets_in(environment: Mapping[str, str]) -> set[str]:
    """Return passwords that stand in the addresses of sources and proxies, so that the log can be kept free of them."""
    from urllib.parse import unquote, urlsplit

    found: set[str] = set()
    for name, value in environment.items():
        if name.startswith(_SOURCES) and name.endswith(("_PASSWORD", "_TOKEN")):
            found.add(value)
        for word in value.split() if "://" in value else ():
            address = word.split("=", 1)[-1] if not word.startswith("http") else word  # UV_INDEX: name=address
            try:
                password = urlsplit(address).password
            except ValueError:
                continue
            if password:
                found |= {password, unquote(password)}
    return found


def _pip(folder: Path) -> list[str]:
    return [str(python_of(folder)), "-I", "-m", "pip"]


def _uv(verb: str, folder: Path) -> list[str]:
    return [uv_program(), "pip", verb, "--python", str(python_of(folder))]
