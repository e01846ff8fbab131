"""What the engine is started with, as a command line and an environment. Pure; the key is only in the environment.

vLLM lives on POSIX systems only, also where Diglot does not (WSL, containers), so paths are written with slashes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import UsageError
from engine.private_place import short_stand_in
from engine.server.keeper import MARK

MODEL_NAME = "HunyuanOCR"
"""What requests call the model, whatever its folder is called."""
MODULE = "vllm.entrypoints.openai.api_server"
DOOR = "diglot_vllm.door.Door"
"""The middleware of our plug-in: no route without the key, and a proof of who answers."""
KEY = "VLLM_API_KEY"
NOWHERE = "nowhere.invalid"
"""A name that can never exist (RFC 2606): the only place from which the server may fetch pictures."""
POLLED = ("/health", "/metrics", "/load", "/is_sleeping", "/v1/models", "/diglot/proof")
"""What we ask again and again; a log full of it would hide everything else."""
DRAFT_TOKENS = 15
"""How many tokens the DFlash draft proposes at a time, as its makers run it."""
MAX_SOCKET_BYTES = 107
"""The longest path of a Unix socket."""
MAX_TEMPORARY_BYTES = 68
"""The server puts sockets with names of 37 signs into its temporary folder."""

FORBIDDEN_FLAGS = (
    "--trust-remote-code",
    "--api-key",
    "--allowed-local-media-path",
    "--config",
    "--uds",
    "--host",
    "--port",
)
"""What no setting may pass on: code out of a model folder, the key for all to see, files, other flags, other doors."""

PASSED_ON = (
    "PATH",  # triton calls a C compiler
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",  # where some systems have the driver's libraries (NixOS, WSL)
    "CUDA_HOME",
    "CUDA_PATH",
    "TRITON_LIBCUDA_PATH",
    "CC",
    "OMP_NUM_THREADS",
)
"""All that the server learns of the user's session. Anything else may hold a secret, a proxy or a stray setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOrder:
    """Everything that one start of the engine needs to know. Exactly one of `socket` and `port` is given.

    Attributes:
        python: The interpreter of the engine's own environment.
        model: Folder of the checkpoint.
        flags: What the plan says, as vLLM's flags.
        token: Fresh at every start; the server must know it to be believed.
        key: Fresh at every start; nobody is answered without it.
        home: The engine's own folder, which it may write.
        socket: Unix socket that it opens, in a folder only this user can enter.
        port: Or a port of the loopback device.
        can_sleep: Give it what sleeping needs (never without a socket: those routes can run code).
        card: NVML's UUID of the card it may see, "" for all.
        draft: Folder of the DFlash draft, if it is to be used.
        extra_flags: Further flags, after all others.
        extra_environment: Further variables, over all but the key and the mark.
        marker: What the environment of its processes says of whose they are, see `engine.server.leftovers`.
        readable: Further files and folders that it must be able to read.
    """

    python: Path
    model: Path
    flags: tuple[str, ...]
    token: str
    key: str = field(repr=False)
    home: Path
    socket: Path | None = None
    port: int | None = None
    can_sleep: bool = False
    card: str = ""
    draft: Path | None = None
    extra_flags: tuple[str, ...] = ()
    extra_environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    marker: str = ""
    readable: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would only fail later, and less clearly."""
        if (self.socket is None) == (self.port is None):
            raise ValueError("an engine listens on a socket or on a port")
        if self.socket is not None and len(os.fsencode(self.socket)) > MAX_SOCKET_BYTES:
            raise ValueError(f"the path of a socket has at most {MAX_SOCKET_BYTES} bytes: {self.socket}")


def token_name(token: str) -> str:
    """Return the second name of the model, by which a server shows that it is the one we started."""
    return f"diglot-{token}"


def server_argv(order: StartOrder, *, host: str = "127.0.0.1") -> list[str]:
    """Return the server's command line. `host` is for containers, where the loopback device cannot be published.

    Raises:
        UsageError: A flag is among those that are never passed on.
    """
    words = [order.python.as_posix(), "-m", MODULE, "--model", order.model.as_posix()]
    words += ["--served-model-name", MODEL_NAME, token_name(order.token)]
    if order.socket is not None:
        words += ["--uds", order.socket.as_posix()]
    else:
        words += ["--host", host, "--port", str(order.port)]
    words += ["--middleware", DOOR, "--disable-fastapi-docs"]
    words += ["--disable-access-log-for-endpoints", ",".join(POLLED)]
    words += ["--allowed-media-domains", NOWHERE]
    if order.can_sleep and order.socket is not None:
        words.append("--enable-sleep-mode")
    if order.draft is not None:
        draft = {"method": "dflash", "model": order.draft.as_posix(), "num_speculative_tokens": DRAFT_TOKENS}
        words += ["--speculative-config", json.dumps(draft, ensure_ascii=False)]
    return [*words, *_allowed(order.flags), *_allowed(order.extra_flags)]


def server_environment(order: StartOrder, base: Mapping[str, str]) -> dict[str, str]:
    """Return the server's environment: little of `base`, no word to the network, all it writes under its own home."""
    taken = {name: base[name] for name in PASSED_ON if name in base}
    taken["PATH"] = ":".join([order.python.parent.as_posix(), taken.get("PATH", "/usr/local/bin:/usr/bin:/bin")])
    made = _places(order) | _OFFLINE | _MANNERS
    if order.card:
        made["CUDA_VISIBLE_DEVICES"] = order.card
    if order.can_sleep and order.socket is not None:
        made["VLLM_SERVER_DEV_MODE"] = "1"
    last = {KEY: order.key} | ({MARK: order.marker} if order.marker else {})
    return taken | made | dict(order.extra_environment) | last


def temporary_folder(order: StartOrder) -> Path:
    """Return where the server puts what it needs only while it runs: its sockets want a short and plain path."""
    beside = [order.home, *([order.socket.parent] if order.socket is not None else [])]
    for folder in (place / "tmp" for place in beside):
        name = folder.as_posix()
        if name.isascii() and len(name) <= MAX_TEMPORARY_BYTES and not set(name) & set(" %#?"):
            return folder
    return short_stand_in(order.home)


_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_HOST_IP": "127.0.0.1",  # else it asks the routes to the internet for its own address, and listens there
    "VLLM_LOOPBACK_IP": "127.0.0.1",
    "GLOO_SOCKET_IFNAME": "lo",
    "NCCL_SOCKET_IFNAME": "lo",
}
"""No word to anybody."""

_MANNERS = {
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",  # fork and CUDA do not go together
    "VLLM_USE_FLASHINFER_SAMPLER": "0",  # it would want nvcc
    "VLLM_ENGINE_READY_TIMEOUT_S": "1800",  # a first compilation may take longer than vLLM's own ten minutes
    "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "75",  # with 5 s the server hangs up just when a reader asks for the next page
    "VLLM_LOGGING_COLOR": "0",
    "NO_COLOR": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "PYTHONNOUSERSITE": "1",  # packages in the user's home are none of the engine's
    "PYTHONSAFEPATH": "1",  # nor are modules in the folder it is started in
    "USER": "diglot",  # torch asks for a name, and a container may know none for its user
    "LOGNAME": "diglot",
}
"""How it behaves."""


def _places(order: StartOrder) -> dict[str, str]:
    """Return the variables that keep everything it writes under its home."""
    home, temporary = order.home, temporary_folder(order).as_posix()
    caches = {
        "XDG_CACHE_HOME": "",
        "VLLM_CACHE_ROOT": "vllm",
        "HF_HOME": "huggingface",
        "TORCH_HOME": "torch",
        "TORCHINDUCTOR_CACHE_DIR": "inductor",
        "TRITON_CACHE_DIR": "triton",
        "CUDA_CACHE_PATH": "cuda",
        "FLASHINFER_WORKSPACE_BASE": "flashinfer",
        "NUMBA_CACHE_DIR": "numba",
        "OUTLINES_CACHE_DIR": "outlines",
    }
    return {
        "HOME": home.as_posix(),
        "XDG_CONFIG_HOME": (home / "config").as_posix(),
        "XDG_DATA_HOME": (home / "data").as_posix(),
        "XDG_STATE_HOME": (home / "state").as_posix(),
        "SAGEMAKER_MODEL_PATH": (
            home / "nothing"
        ).as_posix(),  # else vLLM runs /opt/ml/model/model.py where there is one
        "VLLM_CONFIG_ROOT": (home / "config" / "vllm").as_posix(),
        **{name: (home / "cache" / folder).as_posix() for name, folder in caches.items()},
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "VLLM_RPC_BASE_PATH"), temporary),
    }


def _allowed(flags: Iterable[str]) -> list[str]:
    """Return the flags, or refuse one that must never be passed on, however it is spelt or shortened."""
    taken = list(flags)
    for flag in taken:
        name = flag.partition("=")[0].replace("_", "-")
        if len(name) > 2 and any(bad.startswith(name) for bad in FORBIDDEN_FLAGS):
            raise UsageError(flag, detail="this flag is never passed on to the engine")
    return taken
