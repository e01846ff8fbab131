"""Documents, their names and their thumbnails: rows in, records out. Every function runs in somebody's transaction."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.output.values import sound
from engine.store.files import backups_in, file_bytes, set_aside_in
from engine.store.records import DocumentFacts, KeptDocument, LibrarySize, NameSeen, Thumbnail, kind_of, unit_of

if TYPE_CHECKING:
    from engine.store.database import Connection

FACTS = """
    documents.sha256, documents.kind, documents.unit, documents.page_count, documents.size, documents.title,
    (SELECT name FROM names WHERE document = documents.id ORDER BY seen DESC LIMIT 1),
    (SELECT path FROM names WHERE document = documents.id ORDER BY seen DESC LIMIT 1)
"""
"""What `facts_of` wants of a document, for the front of a SELECT."""
FACTS_COUNT = 8

_KEPT = f"""
    SELECT {FACTS}, documents.id, documents.first_seen, documents.last_seen,
        (SELECT count(*) FROM pages WHERE document = documents.id
            AND EXISTS (SELECT 1 FROM readings WHERE page = pages.id))
    FROM documents
"""  # noqa: S608 - our own words


def note_document(connection: Connection, facts: DocumentFacts) -> int:
    """Write down that a document was met, and return its row. What is known of it is brought up to date."""
    now = time.time()
    connection.execute(
        """INSERT INTO documents (sha256, kind, unit, page_count, size, title, first_seen, last_seen)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (sha256) DO UPDATE SET kind = excluded.kind, unit = excluded.unit,
            page_count = excluded.page_count, size = excluded.size, title = excluded.title,
            last_seen = excluded.last_seen""",
        (facts.sha256, facts.kind, facts.unit, facts.page_count, facts.size, sound(facts.title), now, now),
    )
    row = row_of(connection, facts.sha256)
    assert row is not None
    connection.execute(
        """INSERT INTO names (document, name, path, seen) VALUES (?, ?, ?, ?)
        ON CONFLICT (document, name, path) DO UPDATE SET seen = excluded.seen""",
        (row, sound(facts.name), sound(facts.path), now),
    )
    return row


def row_of(connection: Connection, sha256: str) -> int | None:
    """Return a document's row, None where it is not known."""
    found = connection.execute("SELECT id FROM documents WHERE sha256 = ?", (sha256,)).fetchone()
    return None if found is None else int(found[0])


def page_row_of(connection: Connection, sha256: str, number: int) -> int | None:
    """Return a page's row, made where it is missing; None where the document is not known."""
    document = row_of(connection, sha256)
    if document is None:
        return None
    connection.execute("INSERT OR IGNORE INTO pages (document, number) VALUES (?, ?)", (document, number))
    found = connection.execute("SELECT id FROM pages WHERE document = ? AND number = ?", (document, number)).fetchone()
    return int(found[0])


def facts_of(row: tuple[Any, ...]) -> DocumentFacts:
    """Read what `FACTS` selected."""
    sha256, kind, unit, page_count, size, title, name, path = row
    return DocumentFacts(
        sha256=sha256,
        name=name or "",
        kind=kind_of(kind),
        unit=unit_of(unit),
        page_count=page_count,
        path=path or "",
        title=title,
        size=size,
    )


def kept_document(connection: Connection, sha256: str) -> KeptDocument | None:
    """Return a document, None where it is not known."""
    found = connection.execute(f"{_KEPT} WHERE sha256 = ?", (sha256,)).fetchone()
    return None if found is None else _kept(connection, found)


def kept_documents(connection: Connection, limit: int, offset: int) -> list[KeptDocument]:
    """Return documents, the one that was met last first."""
    found = connection.execute(f"{_KEPT} ORDER BY last_seen DESC, id DESC LIMIT ? OFFSET ?", (limit, offset)).fetchall()
    return [_kept(connection, row) for row in found]


def _kept(connection: Connection, row: tuple[Any, ...]) -> KeptDocument:
    document, first_seen, last_seen, pages_read = row[FACTS_COUNT:]
    names = connection.execute(
        "SELECT name, path, seen FROM names WHERE document = ? ORDER BY seen DESC", (document,)
    ).fetchall()
    return KeptDocument(
        facts=facts_of(row[:FACTS_COUNT]),
        names=tuple(NameSeen(*each) for each in names),
        first_seen=first_seen,
        last_seen=last_seen,
        pages_read=pages_read,
    )


def size_of(connection: Connection, file: Path) -> LibrarySize:
    """Say how much the library in this file holds."""

    def of(question: str) -> int:
        return int(connection.execute(f"SELECT {question}").fetchone()[0])

    return LibrarySize(
        file_bytes=file_bytes(file),
        thumbnail_bytes=of("coalesce(sum(length(image)), 0) FROM thumbnails"),
        backup_bytes=sum(file_bytes(each) for each in backups_in(file.parent)),
        set_aside_bytes=sum(file_bytes(each) for each in set_aside_in(file.parent)),
        documents=of("count(*) FROM documents"),
        pages=of("count(DISTINCT page) FROM readings"),
        readings=of("count(*) FROM readings"),
    )


# -- thumbnails


def put_thumbnail(connection: Connection, sha256: str, number: int, thumbnail: Thumbnail) -> bool:
    """Keep a page's thumbnail in the place of an older one; False where the document is not known."""
    page = page_row_of(connection, sha256, number)
    if page is None:
        return False
    connection.execute(
        "INSERT OR REPLACE INTO thumbnails (page, width, height, image) VALUES (?, ?, ?, ?)",
        (page, thumbnail.width, thumbnail.height, thumbnail.image),
    )
    return True


def thumbnails_of(connection: Connection, sha256: str, first: int, last: int) -> dict[int, Thumbnail]:
    """Return the thumbnails that are there of pages `first` to `last`."""
    found = connection.execute(
        """SELECT pages.number, image, width, height FROM thumbnails
        JOIN pages ON pages.id = thumbnails.page JOIN documents ON documents.id = pages.document
        WHERE documents.sha256 = ? AND pages.number BETWEEN ? AND ? ORDER BY pages.number""",
        (sha256, first, last),
    )
    return {number: Thumbnail(bytes(image), width, height) for number, image, width, height in found}
