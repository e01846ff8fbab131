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
    SELECT min(score) AS score, readings.id AS reading, readings.page AS page
    FROM (SELECT rowid AS id, rank AS score FROM words WHERE words MATCH :terms LIMIT -1) AS found
    JOIN readings ON readings.id = found.id
    JOIN pages ON pages.id = readings.page
    JOIN documents ON documents.id = pages.document
    WHERE :document = '' OR documents.sha256 = :document
    GROUP BY readings.page
"""
_HITS = f"""
    SELECT {READING}, {FACTS}, pages.number, best.score, best.total
    FROM (SELECT *, count(*) OVER () AS total FROM ({_PAGES}) ORDER BY score, page LIMIT :limit OFFSET :offset) AS best
    JOIN readings ON readings.id = best.reading
    JOIN pages ON pages.id = readings.page
    JOIN documents ON documents.id = pages.document
    ORDER BY best.score, best.page
"""  # noqa: S608 - our own words
_READING_COUNT = READING.count(",") + 1


def search(connection: Connection, query: str, *, limit: int, offset: int, document: str) -> Found:
    """Return the pages that hold all words of a query, from the `offset`th best on; of one document where it is named.

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
    }
    rows = connection.execute(_HITS, asked).fetchall()
    hits = tuple(hit for row in rows if (hit := _hit(connection, row, terms)) is not None)
    if rows:
        return Found(hits, rows[0][-1])
    # Past the end, or nothing at all.
    return Found(hits, connection.execute(f"SELECT count(*) FROM ({_PAGES})", asked).fetchone()[0])  # noqa: S608


def _hit(connection: Connection, row: tuple[Any, ...], terms: tuple[Term, ...]) -> Hit | None:
    kept = reading_of(connection, row[:_READING_COUNT])
    if kept is None:
        return None
    number, score, _ = row[_READING_COUNT + FACTS_COUNT :]
    shown = best_hit(passages_of(kept.result, kept.corrections), terms)
    snippet, box = shown or (Snippet(""), Box(0.0, 0.0, kept.result.width, kept.result.height))
    return Hit(facts_of(row[_READING_COUNT : _READING_COUNT + FACTS_COUNT]), number, kept.key, snippet, box, score)
