"""The words of the setup: its steps, how they stand, what was found, and what the licence says.

As in `desktop.words`, what the engine says stands here a second time, and a test holds both to the same wording.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop.engine_words import reason_words
from desktop.words import QT_TRANSLATE_NOOP, error_words
from engine.engine_errors import NoCard
from engine.server.cards import Reason
from engine.setup.steps import Step, StepState, StepStatus

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")


class StepWords(NamedTuple):
    """A step's name, and a sentence on what it is."""

    name: str
    about: str


STEP_WORDS: dict[Step, StepWords] = {
    Step.CARD: StepWords(
        QT_TRANSLATE_NOOP("setup", "Graphics card"),
        QT_TRANSLATE_NOOP("setup", "The engine computes on an NVIDIA card of the RTX 30 series or newer."),
    ),
    Step.DRIVER: StepWords(
        QT_TRANSLATE_NOOP("setup", "Graphics driver"),
        QT_TRANSLATE_NOOP(
            "setup", "NVIDIA's driver lets the engine use the card. Its version decides which engines can run."
        ),
    ),
    Step.SPACE: StepWords(
        QT_TRANSLATE_NOOP("setup", "Disk space"),
        QT_TRANSLATE_NOOP("setup", "Engine and model are kept in your own folder. They take about 11 GB together."),
    ),
    Step.ENGINE: StepWords(
        QT_TRANSLATE_NOOP("setup", "Engine"),
        QT_TRANSLATE_NOOP(
            "setup",
            "vLLM is the program that runs the model. It gets a folder of its own; nothing else on this computer is"
            " changed.",
        ),
    ),
    Step.WEIGHTS: StepWords(
        QT_TRANSLATE_NOOP("setup", "Model"),
        QT_TRANSLATE_NOOP(
            "setup", "HunyuanOCR is the model that reads the pages. It does not come with Diglot; it is copied in here."
        ),
    ),
    Step.LICENCE: StepWords(
        QT_TRANSLATE_NOOP("setup", "Licence"),
        QT_TRANSLATE_NOOP("setup", "The model is Tencent's. Please read this before it is used for the first time."),
    ),
    Step.START: StepWords(
        QT_TRANSLATE_NOOP("setup", "First start"),
        QT_TRANSLATE_NOOP(
            "setup", "The engine loads the model and tries how much it can do at once. The first time takes minutes."
        ),
    ),
    Step.CHECK: StepWords(
        QT_TRANSLATE_NOOP("setup", "Self-check"),
        QT_TRANSLATE_NOOP(
            "setup",
            "Pages with known words are read one by one and then all at once. This shows whether the engine can be"
            " trusted.",
        ),
    ),
}

STATE_WORDS: dict[StepState, str] = {
    StepState.OPEN: QT_TRANSLATE_NOOP("setup", "to do"),
    StepState.WORKING: QT_TRANSLATE_NOOP("setup", "at work"),
    StepState.DONE: QT_TRANSLATE_NOOP("setup", "done"),
    StepState.SKIPPED: QT_TRANSLATE_NOOP("setup", "skipped"),
    StepState.FAILED: QT_TRANSLATE_NOOP("setup", "failed"),
}

NOTICE: tuple[str, ...] = (
    QT_TRANSLATE_NOOP(
        "licence",
        "HunyuanOCR is a model by Tencent. It comes under the Tencent Hunyuan Community License Agreement of"
        " 25 November 2025, which is not an open-source licence.",
    ),
    QT_TRANSLATE_NOOP(
        "licence",
        "Diglot is not made by Tencent: Tencent is not affiliated with it, and neither sponsors nor endorses it.",
    ),
    QT_TRANSLATE_NOOP(
        "licence",
        "The licence does not apply in the European Union, the United Kingdom and South Korea: neither the model nor"
        " what it writes may be used there.",
    ),
    QT_TRANSLATE_NOOP(
        "licence",
        "The licence forbids some uses, among them military ones, improving other AI models with what it writes, and"
        " automated decisions that weigh heavily on people, such as about credit, work, health or law.",
    ),
    QT_TRANSLATE_NOOP(
        "licence",
        "What the model writes must be called machine-made where it is published. It can be wrong: check what matters.",
    ),
    QT_TRANSLATE_NOOP(
        "licence",
        "The licence itself lies in the model's folder. It is what counts; please read it before you accept it.",
    ),
)
"""What `engine.setup.licence.NOTICE` says."""
REGIONS = 2
"""Which of them says where the model may not be used."""


# -- steps


def step_words(step: Step) -> StepWords:
    """Return a step's name and what it is."""
    words = STEP_WORDS[step]
    return StepWords(_say(words.name), _say(words.about))


def is_calm(status: StepStatus) -> bool:
    """Tell whether a step has failed only because that is how things are: a computer need not have such a card."""
    return status.state is StepState.FAILED and isinstance(status.error, NoCard)


def state_word(status: StepStatus) -> str:
    """Return how a step stands, in a word."""
    return _say("none found") if is_calm(status) else _say(STATE_WORDS[status.state])


def found_words(status: StepStatus) -> str:
    """Say what was found, with what it means where that is not plain; "" where nothing was."""
    found = status.found
    if not found:
        return ""
    match status.step:
        case Step.SPACE:
            return _say("{size} free").format(size=found)
        case Step.LICENCE:
            date = _DATE.search(found)
            return _say("Accepted on {date}").format(date=date.group()) if date else ""
        case Step.START:
            return _say("Ready after {time}").format(time=found)
        case Step.CHECK if found.isdecimal():
            return QCoreApplication.translate("setup", "%n page(s) at once", "", int(found))
    return found


def row_words(status: StepStatus, line: str) -> str:
    """Return what a screen reader says of a step in the list."""
    head = _say("{step}: {state}").format(step=step_words(status.step).name, state=state_word(status))
    return f"{head}. {line}" if line else head


def no_card_words(reason: Reason) -> str:
    """Say in plain words why there is no card, and what works without one."""
    works = _say(
        "Diglot works without a graphics card: the built-in reader reads text and tables, and a shared server can do"
        " what it cannot."
    )
    return sentences(reason_words(reason), works)


def line_words(step: Step, progress: str = "") -> str:
    """Say in one line of the window what is being set up, and how far it is."""
    name = step_words(step).name
    return f"{name} · {progress}" if progress else name


def problem_words(status: StepStatus) -> str:
    """Return what went wrong, in one line."""
    if is_calm(status) or status.error is None:
        return _say("None found")
    return error_words(status.error).title


def waits_words(step: Step, missing: tuple[Step, ...]) -> str:
    """Say what has to be done before a step; "" where nothing has."""
    if not missing:
        return ""
    names = _say(", ").join(f"“{step_words(each).name}”" for each in missing)
    words = _say("Before the first start: {steps}.") if step is Step.START else _say("Before the self-check: {steps}.")
    return words.format(steps=names)


def sentences(*parts: str) -> str:
    """Put sentences one behind the other, as the language does it."""
    said = [part for part in parts if part]
    words = said[0] if said else ""
    for another in said[1:]:
        words = _say("{sentence} {another}").format(sentence=words, another=another)
    return words


# -- the licence


def notice() -> tuple[str, ...]:
    """Return the sentences that are shown before first use."""
    return tuple(QCoreApplication.translate("licence", sentence) for sentence in NOTICE)


def _say(text: str) -> str:
    return QCoreApplication.translate("setup", text)
