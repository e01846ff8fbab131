"""Where the model can be downloaded from, and what must come of it: pinned to one revision, known by its hashes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.setup.checkpoint_files import limit_of

REVISION = "449e7d471a8a1ef5bd5d652e4881183d7252cbc7"
"""HunyuanOCR 1.5 as Hugging Face has it. The repository was changed in place before, so its newest is never taken."""
MAX_WEIGHTS_BYTES = 3 << 30


class HubName(StrEnum):
    """The places that publish the model."""

    HUGGINGFACE = "huggingface"
    MODELSCOPE = "modelscope"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file to fetch; its sha256 where it is known. One that is not needed may be missing there."""

    name: str
    sha256: str = ""
    needed: bool = True

    @property
    def limit(self) -> int:
        """How many bytes it may have."""
        return min(limit_of(self.name), MAX_WEIGHTS_BYTES)


@dataclass(frozen=True, slots=True)
class Hub:
    """A place to download from: its name for people, and the address that a file's name is put behind."""

    title: str
    base: str
    files: tuple[RemoteFile, ...]

    def url(self, file: RemoteFile) -> str:
        """Return a file's address."""
        return self.base + file.name


FILES = (
    RemoteFile("config.json", "cc34ab90d0b873a1832c06e0f3fe127b47d7f390e8fda19445e4144068ed2af9"),
    RemoteFile("tokenizer.json", "3e2ab46bcc5ed8bce013b245c6daecf19fa1d2a18f48a9c88a1f571dcbf7dfd3"),
    RemoteFile("tokenizer_config.json"),
    RemoteFile("preprocessor_config.json"),
    RemoteFile("chat_template.jinja"),
    RemoteFile("generation_config.json"),
    RemoteFile("special_tokens_map.json", needed=False),
    RemoteFile("video_preprocessor_config.json", needed=False),
    RemoteFile("LICENSE", needed=False),
    RemoteFile("model.safetensors", "632a1e082c4dd5a3284cf1ffcdba2fdaa06f435762c58c2f34aff0f3bd6c0249"),
)
"""HunyuanOCR 1.5. Small files first, so that a wrong address shows before two gigabytes are there."""
HUBS = {
    HubName.HUGGINGFACE: Hub("Hugging Face", f"https://huggingface.co/tencent/HunyuanOCR/resolve/{REVISION}/", FILES),
    # ModelScope numbers revisions in its own way; the hashes above hold its newest to the same bytes.
    HubName.MODELSCOPE: Hub(
        "ModelScope", "https://www.modelscope.cn/models/Tencent-Hunyuan/HunyuanOCR/resolve/master/", FILES
    ),
}
