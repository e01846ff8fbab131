"""A model's answer becomes blocks while it arrives, and the same blocks however it was cut into pieces.

The text goes through three hands: `wire_tokens` makes it sound, `cleanup` takes off what stands before it, the scanner
of the task's form takes it apart. What the scanner has taken is done and never changes. The rest is looked at again as
if it were all, whenever somebody wants to see; a long rest only after it has grown by a share of itself, so that the
work stays in proportion to the text however it comes.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.output.answer import Answer, AnswerForm, FinishReason, LoopFound, Mend, Mended, Notes
from engine.output.blocks import AnyBlock, FieldValue, Line
from engine.output.cleanup import loop_of, opening, says_nothing, without_loop
from engine.output.dialect import Dialect
from engine.output.fields import FieldsScanner
from engine.output.formulas import FormulaScanner
from engine.output.layout_json import LayoutScanner
from engine.output.markdown import MarkdownScanner
from engine.output.page_frame import PageFrame
from engine.output.repetition import RepetitionWatch
from engine.output.scanning import Scanner
from engine.output.sheet import Sheet
from engine.output.spotting import SpottingScanner
from engine.output.translation import TranslationScanner
from engine.output.wire_tokens import WireText

SMALL_REST = 4_096
LARGE_REST = 65_536
"""A rest of fewer characters than these is looked at with every piece, and after every 32nd part of growth."""


class AnswerStream:
    """Takes an answer piece by piece.

    `blocks`, `lines`, `translation` and `fields` are what it says so far; the first `finished` of all blocks never
    change, but where they hold a loop `finish` takes it away. `stop_wanted` is set once the model only repeats itself:
    whoever reads should close the request and finish.

    Args:
        form: How the task's answers are written.
        dialect: How the model family writes.
        frame: The region of the page that the model was sent.
        fields: The names asked for, for `AnswerForm.FIELDS`.
    """

    def __init__(self, form: AnswerForm, *, dialect: Dialect, frame: PageFrame, fields: Sequence[str] = ()) -> None:
        self._form = form
        self._names = tuple(fields)
        self._notes = Notes()
        self._wire = WireText(dialect, self._notes)
        self._watch = RepetitionWatch()
        self._pages = _Reading(form, Sheet(frame, dialect, self._notes), self._names)
        self._text: list[str] = []
        self._frame, self._dialect = frame, dialect

    @property
    def stop_wanted(self) -> LoopFound | None:
        """The loop the model is in, None while it is in none."""
        return self._watch.found

    @property
    def blocks(self) -> tuple[AnyBlock, ...]:
        """What stands on the page, so far."""
        return self._pages.view().blocks

    @property
    def translation(self) -> tuple[AnyBlock, ...]:
        """The translation, so far."""
        return self._pages.view().translation

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines with places, so far."""
        return self._pages.view().lines

    @property
    def fields(self) -> tuple[FieldValue, ...]:
        """The fields asked for, as far as they are answered."""
        return self._pages.view().fields

    @property
    def finished(self) -> int:
        """How many of `blocks` and `translation`, taken together, are done."""
        return len(self._pages.blocks)

    def feed(self, raw_piece: str) -> bool:
        """Take a piece as the server sent it; tell whether there may be more to see."""
        text = self._wire.feed(raw_piece)
        self._take(text)
        return bool(text)

    def finish(self, reason: FinishReason) -> Answer:
        """Take the end of the text, whatever ended it; nothing can be fed afterwards."""
        self._take(self._wire.finish())
        text = "".join(self._text)
        loop = loop_of(text, reason)
        if loop is not None:
            # What was done may hold the loop: all is read again, without it.
            broken, tokens = self._notes[Mend.BROKEN_CHARACTERS], self._notes[Mend.SPECIAL_TOKENS]
            self._notes = Notes({Mend.BROKEN_CHARACTERS: broken, Mend.SPECIAL_TOKENS: tokens})
            sheet = Sheet(self._frame, self._dialect, self._notes)
            self._pages = _Reading(self._form, sheet, self._names)
            self._pages.feed(without_loop(text, loop, sheet))
        if says_nothing(text, self._form, self._dialect):
            self._notes[Mend.NO_TEXT] += 1
            self._pages = _Reading(self._form, Sheet(self._frame, self._dialect, self._notes), self._names)
        view = self._pages.finish()
        return Answer(
            blocks=view.blocks,
            lines=view.lines,
            translation=view.translation,
            fields=view.fields,
            notes=tuple(Mended(code, count) for code in Mend if (count := self._notes[code])),
            raw_text=self._wire.heard,
            looped=loop.found() if loop else None,
            complete=reason is FinishReason.STOP and loop is None,
        )

    def _take(self, text: str) -> None:
        self._text.append(text)
        self._watch.feed(text)
        self._pages.feed(text)


class _Reading:
    """Drives the scanner of a form over a growing text."""

    def __init__(self, form: AnswerForm, sheet: Sheet, names: Sequence[str]) -> None:
        self.blocks: list[AnyBlock] = []
        self._lines: list[Line] = []
        self._form = form
        self._sheet = sheet
        self._scanner = _scanner(form, names)
        self._opened = False
        self._rest = ""
        self._pieces: list[str] = []
        self._waiting = 0  # characters in the pieces
        self._seen = Answer(fields=_fields(self._scanner))

    def feed(self, text: str) -> None:
        """Take more text, without looking at it."""
        self._pieces.append(text)
        self._waiting += len(text)

    def view(self) -> Answer:
        """Return what the text says so far."""
        if self._waiting and self._worth_it():
            self._look()
        return self._seen

    def finish(self) -> Answer:
        """Return what the text says, now that it is all there."""
        self._gather()
        self._open(final=True)
        self._scan(final=True)
        return self._answer(self._scanner, [], [])

    def _worth_it(self) -> bool:
        """Tell whether enough has come to look at the rest again, and to hand out all blocks anew."""
        size = len(self._rest) + len(self.blocks)
        return size < SMALL_REST or self._waiting * (32 if size < LARGE_REST else 2) >= size

    def _gather(self) -> None:
        self._rest += "".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0

    def _open(self, *, final: bool) -> None:
        if self._opened:
            return
        found = opening(self._rest, self._form, self._sheet.dialect, final=final)
        if found is not None:
            self._opened = True
            self._rest = self._rest[found.end :]
            self._sheet.mend(Mend.WRAPPING, found.wrappings)
            self._sheet.mend(Mend.CHATTER, found.chatter)

    def _scan(self, *, final: bool) -> None:
        portion = self._scanner.scan(self._rest, self._sheet, final=final)
        self._rest = self._rest[portion.used :]
        self.blocks += portion.blocks
        self._lines += portion.lines

    def _look(self) -> None:
        """Take what is certain, and see what the rest would say if it were all."""
        self._gather()
        self._open(final=False)
        rest, aside = self._rest, self._sheet.aside()
        if self._opened:
            self._scan(final=False)
            rest = self._rest
        elif found := opening(rest, self._form, self._sheet.dialect, final=True):
            rest = "" if says_nothing(rest, self._form, self._sheet.dialect) else rest[found.end :]
        twin = self._scanner.fork()
        portion = twin.scan(rest, aside, final=True)
        self._seen = self._answer(twin, portion.blocks, portion.lines)

    def _answer(self, scanner: Scanner, blocks: list[AnyBlock], lines: list[Line]) -> Answer:
        every = (*self.blocks, *blocks)
        divided = scanner.divided_at if isinstance(scanner, TranslationScanner) else None
        return Answer(
            blocks=every[:divided],
            lines=(*self._lines, *lines),
            translation=every[divided:] if divided is not None else (),
            fields=_fields(scanner),
        )


def _scanner(form: AnswerForm, names: Sequence[str]) -> Scanner:
    match form:
        case AnswerForm.SPOTTING:
            return SpottingScanner()
        case AnswerForm.LAYOUT:
            return LayoutScanner()
        case AnswerForm.FIELDS:
            return FieldsScanner(names)
        case AnswerForm.TRANSLATION:
            return TranslationScanner()
        case AnswerForm.FORMULA:
            return FormulaScanner()
        case AnswerForm.TEXT | AnswerForm.SUBTITLES:
            return MarkdownScanner(lines=True, unmarked=form is AnswerForm.SUBTITLES)
        case _:
            return MarkdownScanner()


def _fields(scanner: Scanner) -> tuple[FieldValue, ...]:
    return scanner.values if isinstance(scanner, FieldsScanner) else ()
