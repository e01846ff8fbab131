"""English is told from other languages by the words that it cannot do without."""

from __future__ import annotations

import json

import pytest

from engine.output.tongue import is_english
from tests.support.scoring import SAMPLES

GERMAN = (
    "Sehr geehrte Damen und Herren, hiermit bestätigen wir den Eingang Ihrer Bestellung vom 3. März. Die Ware wird "
    "in der nächsten Woche an die von Ihnen genannte Anschrift geliefert. Bitte bezahlen Sie innerhalb von 14 Tagen."
)
DUTCH = (
    "Geachte heer of mevrouw, hierbij bevestigen wij de ontvangst van uw bestelling van 3 maart. De goederen worden "
    "in de loop van volgende week op het door u opgegeven adres bezorgd, of u kunt ze zelf in het magazijn ophalen."
)


@pytest.mark.parametrize(
    ("name", "english"),
    [("article", True), ("invoice", True), ("contract-zh", False), ("arabic", False)],
)
def test_pages_of_the_samples(name: str, english: bool) -> None:
    pages = json.loads((SAMPLES / f"{name}.truth.json").read_text(encoding="utf-8"))["pages"]

    assert is_english(line for page in pages for line in page["text"].splitlines()) == english


@pytest.mark.parametrize("text", [GERMAN, DUTCH, "", "The end", "1 2 3 " * 100])
def test_other_languages_and_too_few_words_are_not(text: str) -> None:
    assert not is_english([text])
