"""A server that is named on the command line, for one run: whether pages may go there, and with which key."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.progress import ProgressReport
from engine.commands.server_arguments import KEY_VARIABLE, ServerOptions
from engine.errors import UsageError
from engine.exports.characters import one_line
from engine.logs import keep_secret
from engine.settings import RemoteSettings, load_settings

if TYPE_CHECKING:
    from engine.service import Service


async def use_server(service: Service, url: str, options: ServerOptions, report: ProgressReport) -> str:
    """Let a service read with this server, say that pages leave the machine, and return the reader's name.

    The server is asked who it is before any page is sent.

    Raises:
        NotEncrypted: Pages would travel unencrypted, and that was not accepted.
        RemoteError: It is no address, or one of its kinds: unreachable, not trusted, without the model, …
        UsageError: The CA file is not there.
    """
    from engine.server.remote import check_remote, remote_warning

    settings, key = await server_for(url, options)
    found = await check_remote(settings, key)
    settings = dataclasses.replace(settings, model=found.model)
    warning = remote_warning(settings)
    if warning.leaves_machine:
        manner = "" if warning.encrypted else " unencrypted"
        report.note(f"pages are read on {one_line(warning.host)}; they leave this computer{manner}")
    return service.use_server(settings, key)


async def server_for(url: str, options: ServerOptions) -> tuple[RemoteSettings, str]:
    """Return what is known of a server and its key ("" for none); the settings' own server is known to them.

    Raises:
        NotEncrypted, RemoteError, UsageError: See `use_server`.
    """
    from engine.engine_errors import NotEncrypted
    from engine.secrets import server_key
    from engine.server.address import parse_address
    from engine.server.remote import allowed_address

    address = parse_address(url)
    configured = (await asyncio.to_thread(load_settings)).engine.remote
    known = configured if _is_at(configured, address.url) else RemoteSettings()
    settings = dataclasses.replace(
        known,
        url=address.url,
        model=options.model or known.model,
        ca_file=options.ca_file or known.ca_file,
        plain_http_accepted_for=address.url if options.accept_plain_http else known.plain_http_accepted_for,
    )
    if options.ca_file and not await asyncio.to_thread(Path(options.ca_file).is_file):
        raise UsageError(f"--ca-file {one_line(options.ca_file)}", detail="there is no such file")
    try:
        allowed_address(settings)
    except NotEncrypted as error:
        raise NotEncrypted(error.subject, detail="--accept-plain-http accepts it for this run") from None
    key = os.environ.get(KEY_VARIABLE, "")
    if not key and known is configured:
        key = await server_key(address.url) or ""
    if key:
        keep_secret(key)
    return settings, key


def _is_at(configured: RemoteSettings, url: str) -> bool:
    from engine.engine_errors import RemoteError
    from engine.server.address import parse_address

    try:
        return parse_address(configured.url).url == url
    except RemoteError:  # none is configured
        return False
