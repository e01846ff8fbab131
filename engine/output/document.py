"""A whole document as JSON and back: its head, the pages that were read and those that could not be.

`resources/schema.json` describes it for those who read it with other tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from engine.errors import DiglotError
from engine.output.blocks import PageResult, Unit
from engine.output.schema import SCHEMA_VERSION, page_from_dict, page_to_dict
from engine.output.values import JsonObject, as_object, integer_at, list_at, one_of_at, sound, text_at


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What the JSON says of the document itself; `page_count` counts all its pages, read or not."""

    name: str
    kind: Literal["pdf", "picture", "folder"]
    page_count: int
    unit: Unit
    sha256: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be read: the error in words, and the exit code of its kind."""

    number: int
    title: str
    advice: str
    code: int
    detail: str = ""

    @classmethod
    def of(cls, number: int, error: DiglotError) -> PageFailure:
        """Take the words from an error."""
        return cls(number, error.title, error.advice, error.exit_code, error.detail)


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """A whole JSON document: its head, the pages that were read and those that were not, each in page order."""

    head: DocumentHead
    pages: tuple[PageResult, ...] = ()
    failures: tuple[PageFailure, ...] = ()


def document_to_dict(
    head: DocumentHead, pages: Iterable[PageResult], *, failures: Iterable[PageFailure] = ()
) -> JsonObject:
    """Return the document as it stands in the JSON; the pages come out in page order."""
    in_order = sorted(pages, key=lambda page: page.number)
    sha256 = head.sha256 or next((page.source_hash for page in in_order if page.source_hash), "")
    return {
        "diglot": SCHEMA_VERSION,
        "source": {
            "name": sound(head.name),
            "kind": head.kind,
            "sha256": sha256,
            "pages": head.page_count,
            "unit": head.unit,
            "title": sound(head.title),
        },
        "pages": [page_to_dict(replace(page, source_hash="")) for page in in_order],
        "failed": [
            {
                "number": failure.number,
                "code": failure.code,
                "title": failure.title,
                "detail": sound(failure.detail),
                "advice": failure.advice,
            }
            for failure in sorted(failures, key=lambda failure: failure.number)
        ],
    }


def document_from_dict(obj: object) -> DocumentReading:
    """Read a whole document.

    Raises:
        ValueError: It is not one that `document_to_dict` could have written.
    """
    document = as_object(obj, "document")
    if integer_at(document, "diglot") != SCHEMA_VERSION:
        raise ValueError(f"diglot: version {document['diglot']!r} is not {SCHEMA_VERSION}")
    source = as_object(document.get("source"), "source")
    head = DocumentHead(
        name=text_at(source, "name"),
        kind=cast(Any, one_of_at(source, "kind", ("pdf", "picture", "folder"))),
        page_count=integer_at(source, "pages", least=0),
        unit=cast(Unit, one_of_at(source, "unit", ("pt", "px"))),
        sha256=text_at(source, "sha256"),
        title=text_at(source, "title"),
    )
    pages = tuple(replace(page_from_dict(page), source_hash=head.sha256) for page in list_at(document, "pages"))
    failures = tuple(_failure_from_dict(failure) for failure in list_at(document, "failed"))
    numbers = [page.number for page in pages] + [failure.number for failure in failures]
    if len(set(numbers)) != len(numbers):
        raise ValueError("pages: a page stands there twice")
    if numbers and max(numbers) > head.page_count:
        raise ValueError("pages: a page past the end of the document")
    return DocumentReading(head, pages, failures)


def _failure_from_dict(obj: object) -> PageFailure:
    failure = as_object(obj, "failed")
    return PageFailure(
        number=integer_at(failure, "number", least=1),
        title=text_at(failure, "title"),
        advice=text_at(failure, "advice"),
        code=integer_at(failure, "code"),
        detail=text_at(failure, "detail"),
    )
