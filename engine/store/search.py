"""The search over everything that was read: pages that hold all of the words, the best first, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.output.blocks import Box
from engine.store.documents import FACTS, FACTS_COUNT, facts_of
from engine.store.passages import best_hit, passages_of
from engine.store.readings import READING, reading_of
from engine.store.records import Found, Hit, Snippet
from engine.store.words import Term, index_expression, terms_of

if TYPE_CHECKING:
    from engine.store.database import Connection

MOST_AT_ONCE = 200
"""Hits of one call."""

# The readings of a page are one hit, with the reading that fits best. LIMIT keeps SQLite from flattening the inner
# query into the outer one, where it could not rank.
_PAGES = """
    SELECT min(score) AS score, readings.id AS reading, pages.number AS number, pages.document AS document
    FROM (SELECT rowid AS id, rank AS score FROM words WHERE words MATCH :terms LIMIT -1) AS found
    JOIN readings ON readings.id = found.id
    JOIN pages ON pages.id = readings.page
    JOIN documents ON documents.id = pages.document
    WHERE :document = '' OR documents.sha256 = :document
    GROUP BY readings.page
"""
_BEST_FIRST = f"""
    SELECT *, 0 AS siblings, count(*) OVER () AS total, row_number() OVER (ORDER BY score, document, number) AS rank
    FROM ({_PAGES}) ORDER BY rank LIMIT :limit OFFSET :offset
"""  # noqa: S608 - our own words
# The best page of a document says where the document stands; `each` of its pages stand together there.
_BY_DOCUMENT = f"""
    SELECT *, row_number() OVER (ORDER BY best, document, place) AS rank
    FROM (
        SELECT *, count(*) OVER () AS total, count(*) OVER (PARTITION BY document) AS siblings,
            min(score) OVER (PARTITION BY document) AS best,
            row_number() OVER (PARTITION BY document ORDER BY score, number) AS place
        FROM ({_PAGES})
    )
    WHERE place <= :each ORDER BY rank LIMIT :limit OFFSET :offset
"""  # noqa: S608 - our own words
_HITS = """
    SELECT {reading}, {facts}, pages.number, best.score, best.siblings, best.total
    FROM ({pages}) AS best
    JOIN readings ON readings.id = best.reading
    JOIN pages ON pages.id = readings.page
    JOIN documents ON documents.id = pages.document
    ORDER BY best.rank
"""
_READING_COUNT = READING.count(",") + 1


def search(connection: Connection, query: str, *, limit: int, offset: int, document: str = "", each: int = 0) -> Found:
    """Return the pages that hold all words of a query, from the `offset`th best on; of one document where it is named.

    With `each` the pages of a document stand together, so many of them at most, and tell how many there are of it.

    A query is what a person types: words, “phrases in quotes”, beginnings of words with a star (invoi*). All of them
    must stand on the page. Nothing else has a meaning, and no query is wrong; one without any word finds nothing.
    """
    terms = terms_of(query)
    if not terms:
        return Found()
    asked: dict[str, Any] = {
        "terms": index_expression(terms),
        "document": document,
        "limit": max(0, min(limit, MOST_AT_ONCE)),
        "offset": max(0, offset),
        "each": each,
    }
    pages = _BY_DOCUMENT if each > 0 else _BEST_FIRST
    rows = connection.execute(_HITS.format(reading=READING, facts=FACTS, pages=pages), asked).fetchall()
    hits = tuple(hit for row in rows if (hit := _hit(connection, row, terms)) is not None)
    if rows:
        return Found(hits, rows[0][-1])
    # Past the end, or nothing at all.
    return Found(hits, connection.execute(f"SELECT count(*) FROM ({_PAGES})", asked).fetchone()[0])  # noqa: S608


def _hit(connection: Connection, row: tuple[Any, ...], terms: tuple[Term, ...]) -> Hit | None:
    kept = reading_of(connection, row[:_READING_COUNT])
    if kept is None:
        return None
    number, score, siblings, _ = row[_READING_COUNT + FACTS_COUNT :]
    shown = best_hit(passages_of(kept.result, kept.corrections), terms)
    snippet, box = shown or (Snippet(""), Box(0.0, 0.0, kept.result.width, kept.result.height))
    facts = facts_of(row[_READING_COUNT : _READING_COUNT + FACTS_COUNT])
    return Hit(facts, number, kept.key, snippet, box, score, siblings)
