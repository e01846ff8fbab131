"""The formats in which a reading leaves, and the one function that writes any of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UsageError
from engine.exports.content import Content
from engine.exports.html import html_document
from engine.exports.markdown import markdown
from engine.exports.text import plain_text
from engine.output.blocks import PageResult
from engine.output.document import DocumentHead, PageFailure, document_to_dict
from engine.pages.source import SourceInfo


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a reading; `suffixes` are those of its files, the usual one first."""

    name: str
    title: str
    suffixes: tuple[str, ...]

    @property
    def suffix(self) -> str:
        """The suffix of a new file, with its dot."""
        return self.suffixes[0]


FORMATS = {
    form.name: form
    for form in (
        Format("md", "Markdown", (".md", ".markdown")),
        Format("txt", "Plain text", (".txt", ".text")),
        Format("html", "HTML", (".html", ".htm")),
        Format("json", "JSON", (".json",)),
    )
}

# JSON lets these stand as they are, terminals and JavaScript do not.
_UNWISE = re.compile("[\x7f-\x9f\u2028\u2029]")


def format_of(path: Path) -> str | None:
    """Return the name of the format that a file's suffix asks for, None where it asks for none of ours."""
    suffix = path.suffix.lower()
    return next((form.name for form in FORMATS.values() if suffix in form.suffixes), None)


def render(
    info: SourceInfo,
    results: Sequence[PageResult],
    format_name: str,
    *,
    failures: Sequence[PageFailure] = (),
    content: Content = Content.BOTH,
) -> str:
    """Write the readings of a document as one text, in page order. Takes a while for many pages: not on the loop.

    Args:
        info: The document they come from.
        results: The pages that were read.
        format_name: A name in `FORMATS`.
        failures: The pages that could not be read; they leave a visible note, or an entry under "failed".
        content: Which of the texts of a translated page; JSON always holds both.

    Raises:
        UsageError: There is no such format.
    """
    if format_name not in FORMATS:
        raise UsageError(format_name, detail=f"the formats are {', '.join(FORMATS)}")
    if format_name == "json":
        head = DocumentHead(info.name, info.kind.value, info.page_count, info.unit, title=info.title)
        document = document_to_dict(head, results, failures=failures)
        written = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
        return _UNWISE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
    pages: list[PageResult | PageFailure] = sorted([*results, *failures], key=lambda page: page.number)
    numbered = info.page_count > 1
    if format_name == "html":
        return html_document(info.title or info.name, pages, numbered=numbered, content=content)
    if format_name == "md":
        return markdown(pages, numbered=numbered, content=content)
    return plain_text(pages, content=content)
