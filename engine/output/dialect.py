"""Dialect: what is particular to one model family in the text of its answers; data, read from the family's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_PAIRS = {106: "p", 108: "box", 110: "quad", 112: "ref", 114: "pFig", 116: "det", 118: "point", 130: "ocr", 132: "face"}


def _hunyuan_tags() -> Mapping[str, str]:
    tags: dict[str, str] = {}
    for number, name in _PAIRS.items():
        tags[f"<｜hy_place▁holder▁no▁{number}｜>"] = f"<{name}>"
        tags[f"<｜hy_place▁holder▁no▁{number + 1}｜>"] = f"</{name}>"
    return MappingProxyType(tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a model family writes. The defaults are HunyuanOCR's, both versions.

    Attributes:
        coordinate_range: Coordinates run from 0 to this, over the whole picture that was sent.
        token_frame: How the special tokens of its vocabulary begin and end, as text.
        tags: What a special token stands for, as a tag; those not named here mean nothing and are removed.
        source_markers: What may stand before the source text of a translation.
        translation_markers: What stands between source and translation.
        no_text: Whole answers that say that there is nothing to read.
        chatter: What an answer may begin with that is about the picture, not in it; ended by a colon or a line break.
    """

    coordinate_range: int = 1000
    token_frame: tuple[str, str] = ("<｜", "｜>")
    tags: Mapping[str, str] = field(default_factory=_hunyuan_tags)
    source_markers: tuple[str, ...] = ("图中的文字是", "图片中的文字是")
    translation_markers: tuple[str, ...] = ("翻译成中文为", "翻译成英文为")
    no_text: tuple[str, ...] = (
        "没有文字",
        "图片中没有文字",
        "图中没有文字",
        "该图片中没有文字",
        "图片中没有任何文字",
        "图中没有任何文字",
        "无文字",
        "No text",
    )
    chatter: tuple[str, ...] = (
        "以下是图片中的文字内容",
        "以下是图片中的文字",
        "以下是图中的文字",
        "图片中的文字内容如下",
        "图中的文字内容如下",
        "图片中的文字如下",
        "The text in the image is",
        "The text in the image reads",
        "Here is the text in the image",
        "The extracted text is",
    )


HUNYUAN = Dialect()
