"""An answer in pieces: the same blocks wherever it is cut, and what is done stays as it is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine.output.stream as stream_module
from engine.output.answer import Answer, AnswerForm, FinishReason, LoopFound, Mend
from engine.output.blocks import AnyBlock, Paragraph
from engine.output.dialect import HUNYUAN
from engine.output.repetition import STEP
from engine.output.scanning import Portion, Scanner
from engine.output.sheet import Sheet
from engine.output.stream import SMALL_REST, AnswerStream
from tests.support.answers import HOSTILE, PAGE, pieces, read, samples, sound, words

FORMS = st.sampled_from(AnswerForm)
THOROUGH = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = ("单价", "text")


def watched(parts: list[str], form: AnswerForm, *, look: Callable[[int], bool]) -> Answer:
    """Read an answer in pieces, looking now and then, and fail where something that was done has changed."""
    stream = AnswerStream(form, dialect=HUNYUAN, frame=PAGE, fields=NAMES)
    done: tuple[AnyBlock, ...] = ()
    for number, part in enumerate(parts):
        stream.feed(part)
        if look(number):
            every = stream.blocks + stream.translation
            assert every[: len(done)] == done
            done = every[: stream.finished]
    answer = stream.finish(FinishReason.STOP)
    if answer.looped is None:
        assert (answer.blocks + answer.translation)[: len(done)] == done
    return answer


@THOROUGH
@given(pieces(), FORMS, st.integers(1, 4))
@pytest.mark.slow
def test_the_pieces_do_not_matter_and_what_is_done_stays(
    text_and_pieces: tuple[str, list[str]], form: AnswerForm, every: int
) -> None:
    text, parts = text_and_pieces

    answer = watched(parts, form, look=lambda number: number % every == 0)

    assert answer == read(text, form, fields=NAMES)


@settings(THOROUGH, max_examples=150)
@given(pieces(st.sampled_from([sample.text for sample in samples()]).map(lambda text: f"{text}\n\n" * 5)), FORMS)
@pytest.mark.slow
def test_real_answers_may_be_cut_anywhere(text_and_pieces: tuple[str, list[str]], form: AnswerForm) -> None:
    text, parts = text_and_pieces

    assert watched(parts, form, look=lambda _: True) == read(text, form, fields=NAMES)


@pytest.mark.parametrize("kept", samples(), ids=lambda kept: kept.name)
def test_real_answers_may_come_character_by_character(kept: object) -> None:
    text, form = getattr(kept, "text", ""), getattr(kept, "form", AnswerForm.TEXT)

    assert watched(list(text), form, look=lambda _: True) == read(text, form, fields=NAMES)


@THOROUGH
@given(HOSTILE, FORMS, st.sampled_from(FinishReason))
@pytest.mark.slow
def test_any_text_gives_an_answer_that_could_stand_in_a_page(text: str, form: AnswerForm, reason: FinishReason) -> None:
    sound(read(text, form, fields=NAMES, reason=reason))


def test_blocks_show_while_they_arrive() -> None:
    stream = AnswerStream(AnswerForm.DOCUMENT, dialect=HUNYUAN, frame=PAGE)
    seen = []

    for part in ["# Tit", "le\n\nfirst li", "ne\n\n<table><tr><td>a</td>", "<td>b</td></tr></table>\n\nlast"]:
        assert stream.feed(part)
        seen.append([words(block) for block in stream.blocks])

    assert seen == [
        ["Tit"],
        ["Title", "first li"],
        ["Title", "first line", "a"],
        ["Title", "first line", "a|b", "last"],
    ]


def test_nothing_new_to_see_is_told() -> None:
    stream = AnswerStream(AnswerForm.TEXT, dialect=HUNYUAN, frame=PAGE)

    assert stream.feed("a")
    assert not stream.feed("<｜hy_Assi")
    assert not stream.feed("stant｜>")
    assert [words(block) for block in stream.blocks] == ["a"]


def test_finished_blocks_grow_in_number_before_the_end() -> None:
    stream = AnswerStream(AnswerForm.DOCUMENT, dialect=HUNYUAN, frame=PAGE)

    stream.feed("A paragraph of some length, as they are on a page.\n\n" * 20)

    assert len(stream.blocks) == 20
    assert 15 < stream.finished <= 20


def test_blocks_without_a_place_have_the_region_for_a_box_and_say_so() -> None:
    (block,) = read("Some words").blocks

    assert block == Paragraph(PAGE.area, text="Some words", placed=False)


def test_raw_text_is_what_was_said() -> None:
    said = "<answer>a<｜hy_place▁holder▁no▁110｜>(1,2),(3,4)<｜hy_place▁holder▁no▁111｜></answer>"

    assert read(said).raw_text == said


@pytest.mark.parametrize(
    ("reason", "complete"),
    [
        (FinishReason.STOP, True),
        (FinishReason.LENGTH, False),
        (FinishReason.REPETITION, False),
        (FinishReason.CLOSED, False),
    ],
)
def test_only_an_answer_that_came_to_its_end_is_complete(reason: FinishReason, complete: bool) -> None:
    assert read("words", reason=reason).complete is complete


# -- loops


def test_a_loop_is_noticed_in_the_stream_and_trimmed_to_one_turn() -> None:
    stream = AnswerStream(AnswerForm.DOCUMENT, dialect=HUNYUAN, frame=PAGE)
    stream.feed("# Title\n\nA beginning that is right.\n\n")
    turns = 0

    while stream.stop_wanted is None:
        stream.feed("The same again and again.\n\n")
        turns += 1
    answer = stream.finish(FinishReason.CLOSED)

    assert turns < 200
    assert [words(block) for block in answer.blocks] == [
        "Title",
        "A beginning that is right.",
        "The same again and again.",
    ]
    assert answer.looped is not None and answer.looped.unit == 27
    assert answer.count(Mend.REPETITION) == 27 * (turns - 1) + 1
    assert not answer.complete
    assert answer.raw_text.count("again and again") == turns


@settings(THOROUGH, max_examples=60)
@given(st.integers(1, 700))
@pytest.mark.slow
def test_a_loop_is_noticed_at_the_same_place_however_it_comes(size: int) -> None:
    text = "Begun well. " + "round " * 1500
    places = []
    for step in (1, size):
        stream = AnswerStream(AnswerForm.TEXT, dialect=HUNYUAN, frame=PAGE)
        for start in range(0, len(text), step):
            stream.feed(text[start : start + step])
            if stream.stop_wanted:
                places.append((-(-(start + step) // STEP), stream.stop_wanted))
                break

    (one, first), (other, second) = places
    assert first == second == LoopFound(6, first.repeats)
    assert 0 <= other - one <= 1 + size // STEP


def test_a_model_that_gets_out_of_its_loop_loses_nothing() -> None:
    text = "round " * 700 + "and out of it. The end."

    answer = read(text, AnswerForm.TEXT)

    assert answer.looped is None
    assert words(answer.blocks[0]) == text


def test_a_loop_of_rows_leaves_the_table_whole() -> None:
    head = "<table><tr><th>Name</th><th>Sum</th></tr><tr><td>Ada</td><td>7</td></tr>"

    answer = read(head + "<tr><td>Total</td><td>12.00</td></tr>" * 400, reason=FinishReason.LENGTH)

    assert [words(block) for block in answer.blocks] == ["Name|Sum/Ada|7/Total|12.00"]


# -- time

HOSTILE_UNITS = {
    "one character": "a",
    "unclosed tags": "<td>",
    "tables in tables": "<table><tr><td>",
    "spans": "<td rowspan=1000 colspan=100>",
    "dollars": "$",
    "formulas": "a$$b$$",
    "brackets": "[",
    "objects in lists": "[{",
    "quotes": '"',
    "figures": "<pFig>",
    "places": "<ref>a<quad>(",
    "fences": "```x\n",
    "pipes": "|a|b|\n",
    "items": "- a\n",
    "empty lines": " \n",
    "images": "![",
    "tokens": "<｜hy",
    "markers": "翻译成中文为",
    "regions": "<hy-meta><layout>",
}
HOSTILE_FORMS = [AnswerForm.DOCUMENT, AnswerForm.TEXT, AnswerForm.SPOTTING, AnswerForm.LAYOUT, AnswerForm.FIELDS]
HOSTILE_FORMS += [AnswerForm.FORMULA, AnswerForm.TRANSLATION]


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Python's own collector goes through everything that is alive, which has nothing to do with ours."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


def _seconds(text: str, form: AnswerForm) -> float:
    began = time.process_time()
    read(text, form, fields=["a"])
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("form", HOSTILE_FORMS)
@pytest.mark.usefixtures("no_collector")
def test_hostile_text_takes_time_in_proportion_to_its_length(form: AnswerForm) -> None:
    length, growth = 10_000, 8
    for name, unit in HOSTILE_UNITS.items():
        # The tail keeps it from being trimmed as a loop.
        short, long = ((unit * size)[:size] + "\nthe end" for size in (length, growth * length))
        less, more = (min(_seconds(text, form) for _ in range(3)) for text in (short, long))
        assert more < 3 * growth * max(less, 0.001), (
            f"{name}: {less:.4f} s, then {more:.4f} s for {growth} times as much"
        )


@pytest.mark.slow
@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("blank", [" ", "\t", " \n"])
@pytest.mark.parametrize("head", ["<b>x</b>", "a $x$", "<table><tr><td>", "<ref>a</ref><quad>(1,2)", '{"a": "'])
def test_blanks_without_end_behind_a_tag_take_time_in_proportion(head: str, blank: str) -> None:
    for form in HOSTILE_FORMS:
        short, long = (head + (blank * size)[:size] + "the end" for size in (10_000, 80_000))
        less, more = (min(_seconds(text, form) for _ in range(3)) for text in (short, long))
        assert more < 24 * max(less, 0.001), f"{form}: {less:.4f} s, then {more:.4f} s for 8 times as much"


@pytest.mark.slow
@pytest.mark.parametrize(
    "monster",
    [
        "a" * 1_000_000,
        "$" * 1_000_000,
        "[" * 1_000_000,
        "<td>" * 100_000,
        "<table><tr><td>" * 100_000,
        "<ref>" * 100_000,
    ],
    ids=[
        "a megabyte of one letter",
        "of dollars",
        "of brackets",
        "unclosed cells",
        "tables in tables",
        "unclosed tags",
    ],
)
@pytest.mark.parametrize("form", [AnswerForm.DOCUMENT, AnswerForm.SPOTTING])
def test_monsters_are_stopped_and_trimmed_and_without_a_loop_read_to_their_end(monster: str, form: AnswerForm) -> None:
    stream = AnswerStream(form, dialect=HUNYUAN, frame=PAGE)
    stream.feed(monster)
    trimmed = stream.finish(FinishReason.LENGTH)
    whole = read(monster + "\n\nthe end", form)

    assert stream.stop_wanted is not None and trimmed.looped is not None
    assert trimmed.count(Mend.REPETITION) > 0.99 * len(monster)
    assert whole.looped is None and whole.blocks
    assert whole.raw_text == monster + "\n\nthe end"


@pytest.mark.parametrize("unit", HOSTILE_UNITS.values(), ids=HOSTILE_UNITS.keys())
def test_looking_all_the_time_shows_the_scanner_no_more_than_a_share_of_the_text_again(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[int] = []

    class Nothing:
        """Takes nothing before the end: the worst there is."""

        def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
            shown.append(len(text))
            return Portion()

        def fork(self) -> Scanner:
            return self

    monkeypatch.setattr(stream_module, "_scanner", lambda form, names: Nothing())
    stream = AnswerStream(AnswerForm.DOCUMENT, dialect=HUNYUAN, frame=PAGE)
    text = (unit * 200_000)[:200_000]

    for start in range(0, len(text), 50):
        stream.feed(text[start : start + 50])
        assert stream.blocks is not None

    large = [size for size in shown if size >= SMALL_REST]
    assert sum(large) < 2 * 36 * len(text)
