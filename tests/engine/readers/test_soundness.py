from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.blocks import Box, Line, Quad
from engine.pages.image import PageSize
from engine.pages.source import FontUse, TextLayer
from engine.readers.soundness import (
    FontKey,
    KnownFonts,
    broken_characters,
    garbage_share,
    is_legible,
    is_readable,
    is_scant,
    likeness,
    mixed_share,
    samples,
    says_more,
    says_much_less,
    unsound_share,
    verdicts,
)

BOX = Quad.from_box(Box(10, 10, 200, 20))
TIMES = FontUse("Times", 11, True)
HIDDEN = FontUse("OCR", 11, False)


def layer(*lines: tuple[str, FontUse], figures: tuple[Box, ...] = ()) -> TextLayer:
    return TextLayer(tuple(Line(text, BOX) for text, _ in lines), tuple(font for _, font in lines), (), figures)


def test_glyph_garbage_is_seen_and_ordinary_text_is_not() -> None:
    assert broken_characters([Line("\ue012\ue044\ue013 \ue001\ue002", BOX)])
    assert broken_characters([Line("(cid:12)(cid:45)(cid:3)", BOX)])
    assert broken_characters([Line("ab\ufffd\ufffd\ufffd\ufffdcd", BOX)])
    for text in (
        "The committee met on 3 May; 12 % were against it – “never”.",
        "第一条 甲方应当在本合同签订之日起三十日内支付全部货款。",
        "Привет, мир: это обычный текст о погоде",
        "مرحبا بالعالم هذا نص عادي",
        "한국어 문장은 이렇게 쓰여 있습니다",
        "日本語のテキストとEnglishの混ざった文です",
        "\uf0b7 One item of a list whose bullet is from an icon font, as usual",
    ):
        assert broken_characters([Line(text, BOX)]) == "", text


def test_words_that_mix_alphabets_are_no_language() -> None:
    assert mixed_share("Тhе quісk brоwn fоx jumрs оvеr thе lаzу dоg") > 0.5
    assert broken_characters([Line("aбcдe fгhжk lбmзn oйpкq rлsмt uнvоw", BOX)])
    assert mixed_share("the α-helix and β-sheet of proteins, with ΔG below zero") == 0.0


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    assert 0.0 <= garbage_share(text) <= 1.0
    assert 0.0 <= mixed_share(text) <= 1.0
    assert 0.0 <= likeness(text, text[::-1]) <= 1.0
    assert is_readable(text) in (True, False)


@given(st.text(min_size=1).filter(lambda text: bool(text.split())))
@pytest.mark.slow
def test_a_line_is_like_itself(text: str) -> None:
    assert likeness(text, text) in (0.0, 1.0)  # 0.0 only where nothing is left to compare


def test_likeness_does_not_count_the_dots_that_lead_to_a_page_number() -> None:
    assert likeness("Naming . . . . . . . . . . . . . . . 3", "Naming.........3") == 1.0
    assert likeness("Naming . . . . . . . . . . . . . . . 3", "Naming 3") == 1.0
    assert likeness("Naming . . . . . . . . . . . . . . . 3", "Kqzxyw.........7") < 0.3


def test_likeness_forgives_what_recognisers_confuse_and_nothing_more() -> None:
    assert likeness("Olive Oil, 10 kg", "olive 0il，l0kg") == 1.0
    assert likeness("The lighthouse keeper", "zit souizigxlt atthtk") < 0.5


def test_scripts_the_recogniser_does_not_know_are_not_looked_at() -> None:
    assert is_readable("Plain words, 12 of them")
    assert is_readable("中文和日本語のかな")
    for text in ("Привет, мир", "مرحبا", "한국어", "สวัสดี", "नमस्ते", "... --- ..."):
        assert not is_readable(text)
        assert samples(layer((text, TIMES)), ()) == []


def test_samples_come_from_every_new_font_and_from_every_invisible_layer() -> None:
    page = layer(*[(f"a line of some length {n}", TIMES) for n in range(10)], ("one hidden line", HIDDEN))
    fonts = [sample.font for sample in samples(page, ())]
    assert fonts.count(FontKey("Times", True)) == 2
    assert fonts.count(FontKey("", False)) == 1
    assert [sample.font for sample in samples(page, [FontKey("Times", True)])] == [FontKey("", False)]


def test_a_page_is_unsound_by_the_share_of_its_wrong_fonts() -> None:
    page = layer(("a" * 80, TIMES), ("b" * 20, FontUse("Odd", 11, True)))
    judged = verdicts([(FontKey("Times", True), 0.97), (FontKey("Odd", True), 0.1), (FontKey("Odd", True), 0.3)])
    assert judged == {FontKey("Times", True): True, FontKey("Odd", True): False}
    assert unsound_share(page, judged) == 0.2


def test_an_invisible_layer_must_be_better_than_a_visible_font() -> None:
    assert verdicts([(FontKey("x", True), 0.75)]) == {FontKey("x", True): True}
    assert verdicts([(FontKey("", False), 0.75)]) == {FontKey("", False): False}


def test_a_stamp_on_a_scan_is_scant_and_a_page_of_text_is_not() -> None:
    size = PageSize(595, 842)
    whole = Box(0, 0, 595, 842)
    assert is_scant(layer(("Page 7", TIMES), figures=(whole,)), size)
    assert is_scant(layer(("x" * 500, TIMES), figures=(whole,)), size)
    assert not is_scant(layer(("x" * 500, TIMES)), size)
    assert not is_scant(layer(("Page 7", TIMES), ("x" * 500, HIDDEN), figures=(whole,)), size)
    assert is_scant(layer(("Page 7", TIMES), ("x" * 50, HIDDEN), figures=(whole,)), size)


def test_the_picture_says_more_only_when_it_clearly_does() -> None:
    assert says_more(["many words that nobody typed into this layer at all, line by line"], ["Page 7"])
    assert not says_more(["Page 7 and dirt"], ["Page 7"])


def test_lines_that_are_too_low_or_cut_off_prove_nothing() -> None:
    size = PageSize(595, 842)
    assert is_legible(Line("a line", BOX), size, scale=2.0)
    assert not is_legible(Line("a line", BOX), size, scale=1.0)
    assert not is_legible(Line("a line", Quad.from_box(Box(500, 10, 700, 20))), size, scale=2.0)
    page = layer(("a line of some length", TIMES))
    assert samples(page, (), legible=lambda line: False) == []


def test_a_font_is_condemned_by_two_pages_and_acquitted_by_one() -> None:
    times, hidden = FontKey("Times", True), FontKey("", False)
    fonts = KnownFonts()
    fonts.note(1, {times: False, hidden: False})
    fonts.note(1, {times: False})
    assert fonts.settled() == {}
    fonts.note(2, {times: False, hidden: False})
    assert fonts.settled() == {times: False}
    fonts.note(3, {times: True})
    assert fonts.settled() == {times: True}


def test_the_picture_says_much_less_only_when_most_would_be_lost() -> None:
    assert says_much_less([], ["anything"])
    assert says_much_less(["a few"], ["a few words and a great many more"])
    assert not says_much_less(["a word wrongly raed"], ["a word wrongly read"])
