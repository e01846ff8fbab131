"""A shared server in the house, in place of an engine of our own: whom we trust, and what is wrong where we do not.

Nothing here changes from one server to another by itself, nor from local to remote: whoever chose one gets that one,
or an error.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.engine_errors import (
    NotEncrypted,
    RemoteError,
    RemoteHasNoModel,
    RemoteKeyRefused,
    RemoteNotTrusted,
    RemoteRedirects,
    RemoteUnreachable,
)
from engine.errors import DiglotError
from engine.server.address import Address, parse_address
from engine.server.client import EngineClient
from engine.server.state import Endpoint
from engine.server.wire import Trouble, Wire, WireFault, plain
from engine.settings import RemoteSettings

PATIENCE = 3.0
"""A server beyond this machine may take so many times as long as one of ours."""
MOST_CA_BYTES = 4 << 20
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class RemoteReport:
    """What a shared server said about itself, and the model it is to be asked for.

    `version` is "" where it tells none. `max_tokens` is how many tokens page and answer may have together, 0 where it
    does not say. `vllm`: it is one, so that the version is vLLM's.
    """

    url: str
    model: str
    models: tuple[str, ...]
    encrypted: bool
    version: str
    max_tokens: int = 0
    vllm: bool = False


@dataclass(frozen=True, slots=True)
class RemoteWarning:
    """What a front says for as long as pages go there."""

    host: str
    encrypted: bool
    leaves_machine: bool


def remote_warning(settings: RemoteSettings) -> RemoteWarning:
    """Return where pages go, for people.

    Raises:
        RemoteError: The settings hold no address.
    """
    address = parse_address(settings.url)
    return RemoteWarning(address.shown, address.encrypted, not address.on_this_machine)


def remote_endpoint(settings: RemoteSettings, key: str) -> Endpoint:
    """Return where the chosen server is asked. Nothing is asked yet.

    Raises:
        NotEncrypted: Pages would travel unencrypted, and nobody has accepted that for this address.
        RemoteHasNoModel: No model was chosen.
        RemoteKeyRefused: The key holds what no key has.
        RemoteError: The settings hold no address.
    """
    address = allowed_address(settings)
    if not settings.model:
        raise RemoteHasNoModel(address.shown, detail="none was chosen yet")
    return Endpoint(address.url, _sound_key(address, key), settings.model)


async def check_remote(settings: RemoteSettings, key: str) -> RemoteReport:
    """Ask the server who it is and what it serves. Without a model in the settings, its HunyuanOCR is taken.

    Raises:
        NotEncrypted: As for `remote_endpoint`.
        RemoteUnreachable: No answer at that address.
        RemoteNotTrusted: Its certificate does not fit, or the CA file is none.
        RemoteRedirects: It sends us elsewhere; the detail says where.
        RemoteKeyRefused: It does not take the key.
        RemoteHasNoModel: It does not serve the model; the detail names those it does.
        RemoteError: Something else; the detail says what.
    """
    address = allowed_address(settings)
    client = remote_client(settings, key)
    try:
        cards = await client.cards()
        models = tuple(card.name for card in cards)
        model = _model_of(settings, address, models)
        chosen = next(card for card in cards if card.name == model)
        return RemoteReport(
            address.url,
            model,
            models,
            address.encrypted,
            await _version(client),
            chosen.max_tokens,
            chosen.of_vllm,
        )
    finally:
        await client.close()


def remote_client(settings: RemoteSettings, key: str) -> EngineClient:
    """Return a client for the server, with errors in its own words.

    Raises:
        NotEncrypted: As for `remote_endpoint`, and so are the others.
    """
    address = allowed_address(settings)
    endpoint = Endpoint(address.url, _sound_key(address, key), settings.model)
    wire = Wire(endpoint.url, key=endpoint.key, trust=remote_trust(settings), patience=PATIENCE)
    return EngineClient(
        endpoint,
        wire=wire,
        proves=False,  # its certificate does
        error=lambda fault: remote_error(address, fault),
        refusal=lambda status: remote_refusal(address, status),
    )


def remote_trust(settings: RemoteSettings) -> Callable[[], ssl.SSLContext]:
    """Return what makes the TLS context for this server. It reads files: call it in a worker thread.

    With a CA file, that file alone decides; else the system does. Variables of the environment never do. It raises
    WireFault where the file is none; `remote_error` has the words.
    """

    def trust() -> ssl.SSLContext:
        if not settings.ca_file:
            import httpx2

            return httpx2.create_ssl_context(trust_env=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN  # the file may hold only a lower authority
        _add_authorities(context, Path(settings.ca_file))
        return context

    return trust


def allowed_address(settings: RemoteSettings) -> Address:
    """Return the address, if pages may travel there.

    Raises:
        NotEncrypted: Not unencrypted, beyond this machine, and accepted by nobody for this address.
        RemoteError: The settings hold no address.
    """
    address = parse_address(settings.url)
    if not address.encrypted and not address.on_this_machine and not _accepted(settings, address):
        raise NotEncrypted(address.shown)
    return address


def remote_error(address: Address, fault: WireFault) -> DiglotError:
    """Give a fault the words of a shared server."""
    match fault.trouble:
        case Trouble.UNREACHABLE | Trouble.CUT:
            return RemoteUnreachable(address.shown, detail=fault.detail)
        case Trouble.HUNG:
            return RemoteUnreachable(address.shown, detail="no answer in time")
        case Trouble.UNTRUSTED:
            return RemoteNotTrusted(address.shown, detail=fault.detail)
        case Trouble.REDIRECTED:
            return RemoteRedirects(address.shown, detail=fault.detail.partition("?")[0])
    return RemoteError(address.shown, detail=f"its answer is {fault.trouble}")


def remote_refusal(address: Address, status: int) -> DiglotError:
    """Say what it means that a shared server answers with this status."""
    if status in (401, 403):
        return RemoteKeyRefused(address.shown)
    if status in (502, 503, 504):  # what stands before a server that is down
        return RemoteUnreachable(address.shown, detail=f"HTTP status {status}")
    return RemoteError(address.shown, detail=f"HTTP status {status}")


def _accepted(settings: RemoteSettings, address: Address) -> bool:
    try:
        return parse_address(settings.plain_http_accepted_for).url == address.url
    except RemoteError:
        return False


def _sound_key(address: Address, key: str) -> str:
    if not key.isascii() or not key.isprintable() or " " in key:
        raise RemoteKeyRefused(address.shown, detail="it holds characters that no key has")
    return key


def _model_of(settings: RemoteSettings, address: Address, models: tuple[str, ...]) -> str:
    """Return the model that was chosen, or the only one that must be HunyuanOCR."""
    if settings.model in models:
        return settings.model
    likely = [name for name in models if "hunyuanocr" in name.lower().replace("-", "").replace("_", "")]
    if not settings.model and len(likely) == 1:
        return likely[0]
    names = ", ".join(models[:MOST_NAMES]) + (", …" if len(models) > MOST_NAMES else "")
    raise RemoteHasNoModel(address.shown, detail=f"it has {names}" if names else "it names none at all")


async def _version(client: EngineClient) -> str:
    """Return the server's version; what stands before it need not pass this question on."""
    try:
        return await client.version()
    except RemoteError:
        return ""


def _add_authorities(context: ssl.SSLContext, file: Path) -> None:
    """Trust the certificates in a file, as text (PEM) or as Windows exports them (DER)."""
    try:
        with file.open("rb") as stream:
            untrusted_certificates = stream.read(MOST_CA_BYTES)
    except (OSError, ValueError) as problem:
        words = problem.strerror or "" if isinstance(problem, OSError) else ""
        raise WireFault(Trouble.UNTRUSTED, f"the CA file cannot be read: {plain(words)}") from problem
    text = b"-----BEGIN" in untrusted_certificates
    try:
        context.load_verify_locations(
            cadata=untrusted_certificates.decode("ascii", "ignore") if text else untrusted_certificates
        )
    except (ssl.SSLError, ValueError, TypeError) as problem:
        raise WireFault(Trouble.UNTRUSTED, "the CA file holds no certificate") from problem
    if not context.cert_store_stats()["x509"]:
        raise WireFault(Trouble.UNTRUSTED, "the CA file holds no certificate")
