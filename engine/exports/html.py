"""Pages as one HTML file that stands alone: no script, nothing fetched from anywhere, every text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from engine.exports.characters import one_line
from engine.exports.content import NO_VALUE, Content, pairs_of, told_blocks, with_list_runs
from engine.exports.doubtful import marked, marked_source
from engine.exports.text import failure_note
from engine.output.blocks import (
    AnyBlock,
    Caption,
    Chart,
    Code,
    Doubt,
    FieldValue,
    Figure,
    Formula,
    Heading,
    ListItem,
    PageResult,
    Paragraph,
    Table,
)
from engine.output.document import PageFailure

STYLE = """
:root { color-scheme: light dark; --ink: #1c1d1f; --paper: #fff; --quiet: #6b6f76; --edge: #c9ccd1; --head: #f3f4f6;
  --doubt: #fdf1c7; --grave: #fbd5c4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e5e7; --paper: #1b1c1f; --quiet: #9a9fa7; --edge: #4a4d53; --head: #26282c;
    --doubt: #4a4223; --grave: #5b2f20; }
}
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1.25rem; }
main:has(.pair) { max-width: 84rem; }
section + section { border-top: 1px solid var(--edge); margin-top: 2.5rem; }
.number, .note, figcaption, .caption { color: var(--quiet); font-size: .875rem; }
.number { text-align: end; }
.caption { font-style: italic; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--edge); padding: .3rem .6rem; text-align: start; vertical-align: top; }
th { background: var(--head); }
ul { list-style: none; padding-inline-start: 1.25rem; margin: .25rem 0; }
pre { background: var(--head); padding: .75rem; overflow-x: auto; }
mark { background: var(--doubt); color: inherit; cursor: help; }
mark.grave { background: var(--grave); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; align-items: start; }
.pair > div { min-width: 0; }
@media (max-width: 40rem) { .pair { display: block; } .pair > div + div { border-inline-start: 3px solid var(--edge);
  padding-inline-start: .75rem; } }
@media print { section + section { break-before: page; border: 0; } }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"

_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
}
_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_LETTER = re.compile(r"[^\W\d_]")


def html_document(
    title: str,
    pages: Sequence[PageResult | PageFailure],
    *,
    numbered: bool = True,
    content: Content = Content.BOTH,
) -> str:
    """Return the pages as one whole HTML document; `title` stands in the window's title alone."""
    language = _document_language(pages, content)
    sections = "\n".join(_section(page, numbered=numbered, content=content) for page in pages)
    return f"""<!doctype html>
<html lang="{language}" dir="{"rtl" if language in ("ar", "he") else "ltr"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_text(one_line(title))}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{sections}
</main>
</body>
</html>
"""


def html_table(table: Table, doubts: Sequence[Doubt] = ()) -> str:
    """Return a table with its spans, on consecutive lines without an empty one (Markdown takes it as it stands)."""
    rows = _table_rows(table, doubts)
    head = table.header_rows
    if any(cell.row < head < cell.row + cell.row_span for cell in table.cells):
        head = 0  # a cell may not reach from the head into the body
    parts = ["<table>"]
    if head:
        parts += ["<thead>", *rows[:head], "</thead>"]
    if rows[head:]:
        parts += ["<tbody>", *rows[head:], "</tbody>"]
    return "\n".join([*parts, "</table>"])


def _table_rows(table: Table, doubts: Sequence[Doubt]) -> list[str]:
    doubted: dict[tuple[int | None, int | None], list[Doubt]] = {}
    for doubt in doubts:
        doubted.setdefault((doubt.row, doubt.column), []).append(doubt)
    places: list[list[str | None]] = [["<td></td>"] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                places[row][column] = None
        tag = "th" if cell.row < table.header_rows else "td"
        spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
        spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
        inside = marked(cell.text, doubted.get((cell.row, cell.column), ()))
        places[cell.row][cell.column] = f"<{tag}{spans}>{inside}</{tag}>"
    return ["<tr>" + "".join(place for place in row if place is not None) + "</tr>" for row in places]


def _section(page: PageResult | PageFailure, *, numbered: bool, content: Content) -> str:
    number = f'<p class="number">{page.number}</p>\n' if numbered else ""
    if isinstance(page, PageFailure):
        inside = f'<p class="note" lang="en" dir="ltr">{_text(failure_note(page))}</p>'
    else:
        inside = "\n".join(_told(page, content))
    return f'<section id="page-{page.number}">\n{number}{inside}\n</section>'


def _told(page: PageResult, content: Content) -> Iterable[str]:
    if page.fields:
        yield _fields(page.fields)
    if not page.translation or content is Content.SOURCE:
        yield from _blocks(told_blocks(page), page.doubts)
    elif content is Content.TRANSLATION:
        yield from _blocks(list(enumerate(page.translation)))
    else:
        language = f' lang="{page.language}"' if _LANGUAGE.fullmatch(page.language) else ""
        for pair in pairs_of(page):
            source = "\n".join(_blocks(list(enumerate(pair.source, pair.first)), page.doubts))
            translation = "\n".join(_blocks(list(enumerate(pair.translation))))
            yield f'<div class="pair">\n<div>\n{source}\n</div>\n<div{language}>\n{translation}\n</div>\n</div>'


def _fields(fields: Sequence[FieldValue]) -> str:
    rows = (
        f'<tr><th scope="row">{marked(field.name)}</th>'
        f"<td>{_text(NO_VALUE) if field.value is None else marked(field.value)}</td></tr>"
        for field in fields
    )
    return "\n".join(["<table>", "<tbody>", *rows, "</tbody>", "</table>"])


def _blocks(blocks: Sequence[tuple[int, AnyBlock]], doubts: Sequence[Doubt] = ()) -> Iterable[str]:
    """Yield blocks, each with its index, the doubts about them marked."""
    doubted: dict[int, list[Doubt]] = {}
    for doubt in doubts:
        doubted.setdefault(doubt.block, []).append(doubt)
    for run in with_list_runs(blocks):
        items = [(block, doubted.get(index, [])) for index, block in run if isinstance(block, ListItem)]
        yield _list(items) if items else _block(run[0][1], doubted.get(run[0][0], []))


def _block(block: AnyBlock, doubts: Sequence[Doubt]) -> str:
    match block:
        case Heading(text=text, level=level):
            tag = f"h{min(level, 6)}"
            return f'<{tag} dir="auto">{marked(text, doubts, single_line=True)}</{tag}>'
        case Paragraph(text=text, rtl=rtl):
            return f'<p dir="{"rtl" if rtl else "auto"}">{marked(text, doubts)}</p>'
        case Caption(text=text):
            return f'<p class="caption" dir="auto">{marked(text, doubts, single_line=True)}</p>'
        case Figure(text=text):
            words = marked(text, doubts, single_line=True)
            note = f'<p dir="auto">{words}</p>\n' if words else ""
            return f'<figure>\n{note}<figcaption lang="en">[figure]</figcaption>\n</figure>'
        case Table():
            return html_table(block, doubts)
        case Formula(latex=source) | Chart(source=source) | Code(text=source):
            return f'<pre dir="ltr"><code>{marked_source(source, doubts)}</code></pre>'
        case ListItem():
            return _list([(block, doubts)])


def _list(items: Sequence[tuple[ListItem, Sequence[Doubt]]]) -> str:
    """Return a list with its levels; the markers stand as they do on the page, so no number changes."""
    parts: list[str] = []
    depth = 0
    for item, doubts in items:
        wanted = min(item.level + 1, depth + 1)
        if wanted > depth:
            parts.append("<ul>")
        else:
            parts.append("</li>" + "</ul></li>" * (depth - wanted))
        depth = wanted
        words = " ".join(filter(None, (_text(one_line(item.marker)), marked(item.text, doubts))))
        parts.append(f'<li dir="auto">{words}')
    parts.append("</li></ul>" * depth)
    return "\n".join(parts)


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _document_language(pages: Sequence[PageResult | PageFailure], content: Content) -> str:
    """Return the language of what is written: told where it is a translation, else guessed from the page's letters."""
    read = [page for page in pages if isinstance(page, PageResult)]
    if content is Content.TRANSLATION:
        told = next((page.language for page in read if page.translation), "")
        if _LANGUAGE.fullmatch(told):
            return told
    return _language(line.text for page in read for line in page.lines)


def _language(texts: Iterable[str]) -> str:
    """Guess the language from the script, for the choice of fonts; "" where the script does not tell."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts["letters"] += len(_LETTER.findall(text))
        for language, pattern in _SCRIPTS.items():
            counts[language] += len(pattern.findall(text))
    if counts["ja"] > 0.05 * counts["letters"]:
        return "ja"  # Japanese is written with Chinese characters too
    language, count = max(((name, counts[name]) for name in _SCRIPTS), key=lambda pair: pair[1])
    return language if count and count >= 0.3 * counts["letters"] else ""
