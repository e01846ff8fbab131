"""The address of a shared server, as a person enters it: put into one form, or refused with words."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from engine.engine_errors import RemoteError
from engine.server.wire import plain

LONGEST = 2000
DEFAULT_PORTS = {"https": 443, "http": 80}
HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a shared server is. `url` is in ASCII, without `/v1` and without a slash at its end."""

    url: str
    host: str
    shown: str
    """The host for people. An international name has its ASCII form beside it, as letters of two scripts look alike."""
    encrypted: bool

    @property
    def on_this_machine(self) -> bool:
        """Whether nothing leaves this machine on the way there."""
        return is_loopback(self.host)


def parse_address(untrusted_address: str) -> Address:
    """Read what was entered; without `http://` or `https://` before it, it means https.

    Raises:
        RemoteError: It is no address of a server; the detail says why.
    """
    entered = untrusted_address.strip()
    if not entered:
        raise RemoteError(detail="no address was given")
    if len(entered) > LONGEST or not entered.isprintable() or re.search(r"[\s\\]", entered):
        raise RemoteError(detail="the address holds characters that no address has")
    try:
        split = urlsplit(entered if "://" in entered else f"https://{entered}")
        port, name = split.port, split.hostname or ""
    except ValueError:
        raise RemoteError(plain(_without_user(entered)), detail="this is no address") from None
    if "@" in split.netloc:  # not shown: it may hold a password
        raise RemoteError(detail="name and password do not belong into the address; enter the key by itself")
    if split.scheme not in DEFAULT_PORTS:
        raise RemoteError(plain(entered), detail="an address begins with https://")
    if split.query or split.fragment or entered[-1] in "?#":
        raise RemoteError(plain(entered), detail="an address ends before ? and #")
    host, shown = _host(name)
    place = f"[{host}]" if ":" in host else host
    if port is not None and port != DEFAULT_PORTS[split.scheme]:
        place = f"{place}:{port}"
    return Address(f"{split.scheme}://{place}{_base(split)}", host, shown, split.scheme == "https")


def is_loopback(host: str) -> bool:
    """Return whether this name or number is always this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _base(split: SplitResult) -> str:
    """Return the path before `/v1`."""
    path = quote(split.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/")
    while path.endswith("/v1"):
        path = path.removesuffix("/v1").rstrip("/")
    return path


def _host(name: str) -> tuple[str, str]:
    """Return host or number, and how it is shown."""
    with contextlib.suppress(ValueError):
        number = ipaddress.ip_address(name)
        if "%" not in name:  # the name of a network card, which no URL can carry
            return str(number), str(number)
    name = name.removesuffix(".")
    if name.isascii():
        host = shown = name.lower()
    else:
        host = _ascii_of(name)
        shown = f"{name} ({host})"
    if not HOST.fullmatch(host) or ".." in host or len(host) > 253:
        raise RemoteError(plain(name), detail="this is no name of a computer")
    return host, shown


def _ascii_of(name: str) -> str:
    """Return the ASCII form of an international name ("münchen.example" is "xn--mnchen-3ya.example")."""
    import httpx2

    try:
        return httpx2.URL(f"https://{name}").raw_host.decode("ascii").lower()
    except (httpx2.InvalidURL, ValueError):
        raise RemoteError(plain(name), detail="this is no name of a computer") from None


def _without_user(entered: str) -> str:
    """Leave out what stands before an @, for it may be a password."""
    return entered.rpartition("@")[2]
