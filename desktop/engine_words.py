"""The words of the window for the engine: its errors, states and phases, and what would help.

As in `desktop.words`, the literals stand here a second time, and a test holds both to the same wording.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from desktop.engine_figures import count_words, gib, time_words
from desktop.words import QT_TRANSLATE_NOOP, ErrorWords, error_words
from engine import engine_errors
from engine.engine_errors import Remedy, RemedyKind
from engine.errors import DiglotError
from engine.server.cards import CardFit, Reason
from engine.server.state import ServerState, ServerStatus, StartPhase


class StateWords(NamedTuple):
    """A state in a word, and in a sentence."""

    word: str
    sentence: str


STATES: dict[ServerState, StateWords] = {
    ServerState.ABSENT: StateWords(
        QT_TRANSLATE_NOOP("engine", "Not set up"),
        QT_TRANSLATE_NOOP(
            "engine",
            "Pages are read by the built-in reader. With the engine, a model on this computer's graphics card reads"
            " them.",
        ),
    ),
    ServerState.STOPPED: StateWords(
        QT_TRANSLATE_NOOP("engine", "Off"), QT_TRANSLATE_NOOP("engine", "It uses no graphics memory.")
    ),
    ServerState.STARTING: StateWords(
        QT_TRANSLATE_NOOP("engine", "Starting"), QT_TRANSLATE_NOOP("engine", "It is being started.")
    ),
    ServerState.READY: StateWords(
        QT_TRANSLATE_NOOP("engine", "Ready"),
        QT_TRANSLATE_NOOP("engine", "Pages can be read on this computer's graphics card."),
    ),
    ServerState.ASLEEP: StateWords(
        QT_TRANSLATE_NOOP("engine", "Asleep"),
        QT_TRANSLATE_NOOP("engine", "It has given its graphics memory back and wakes when a page needs it."),
    ),
    ServerState.STOPPING: StateWords(
        QT_TRANSLATE_NOOP("engine", "Stopping"),
        QT_TRANSLATE_NOOP("engine", "It is giving its graphics memory back."),
    ),
    ServerState.FAILED: StateWords(
        QT_TRANSLATE_NOOP("engine", "Failed"), QT_TRANSLATE_NOOP("engine", "It ended by itself.")
    ),
}

PHASES: dict[StartPhase, str] = {
    StartPhase.INTERPRETER: QT_TRANSLATE_NOOP("engine", "Loading the engine"),
    StartPhase.WEIGHTS: QT_TRANSLATE_NOOP("engine", "Loading the model"),
    StartPhase.PROFILING: QT_TRANSLATE_NOOP("engine", "Trying a page of the largest size"),
    StartPhase.PAGE_MEMORY: QT_TRANSLATE_NOOP("engine", "Setting memory aside for pages"),
    StartPhase.GRAPHS: QT_TRANSLATE_NOOP("engine", "Tuning it for this card"),
    StartPhase.SERVING: QT_TRANSLATE_NOOP("engine", "Almost ready"),
}

REASONS: dict[Reason, str] = {
    Reason.NONE: QT_TRANSLATE_NOOP("engine", "The card that was chosen is not in this computer."),
    Reason.NO_LIBRARY: QT_TRANSLATE_NOOP("engine", "No NVIDIA driver is installed."),
    Reason.NO_DRIVER: QT_TRANSLATE_NOOP("engine", "An NVIDIA driver is installed, but it is not running."),
    Reason.NO_CARD: QT_TRANSLATE_NOOP("engine", "There is no NVIDIA card in this computer."),
    Reason.CARD_LOST: QT_TRANSLATE_NOOP("engine", "The card does not answer any more. Restart the computer."),
    Reason.DRIVER_RESET: QT_TRANSLATE_NOOP(
        "engine", "The graphics driver was reset. Wait a little, or restart the computer."
    ),
    Reason.DRIVER_CHANGED: QT_TRANSLATE_NOOP("engine", "The graphics driver was updated. Restart the computer."),
    Reason.NOT_PERMITTED: QT_TRANSLATE_NOOP("engine", "The system does not let Diglot use the card."),
    Reason.NO_ANSWER: QT_TRANSLATE_NOOP("engine", "The graphics driver gave no answer in time."),
    Reason.UNKNOWN: QT_TRANSLATE_NOOP("engine", "The graphics driver gave a reason that is not known."),
}

FITS: dict[CardFit, str] = {
    CardFit.GOOD: "",
    CardFit.NO_BF16: QT_TRANSLATE_NOOP("engine", "This card is of an older kind than the engine has been tried with."),
    CardFit.SPLIT: QT_TRANSLATE_NOOP(
        "engine", "This card is divided into slices; the engine cannot use the whole of it."
    ),
    CardFit.UNKNOWN: QT_TRANSLATE_NOOP("engine", "This card does not say what it can do."),
}

ENGINE_ERRORS: dict[type[DiglotError], ErrorWords] = {
    engine_errors.EngineError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine could not do that"),
        QT_TRANSLATE_NOOP("errors", "Open the engine panel; it says how things stand."),
    ),
    engine_errors.SetupError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine could not be set up"),
        QT_TRANSLATE_NOOP("errors", "Try the step again; the log says more."),
    ),
    engine_errors.NoInterpreter: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "No suitable Python was found for the engine"),
        QT_TRANSLATE_NOOP("errors", "Use a kit that brings one, or install Python 3.12 and try again."),
    ),
    engine_errors.InstallFailed: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine could not be installed"),
        QT_TRANSLATE_NOOP(
            "errors", "Try again; what was loaded already is kept. The log names the package that failed."
        ),
    ),
    engine_errors.KitDamaged: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The kit is damaged or not complete"),
        QT_TRANSLATE_NOOP("errors", "Copy it onto the stick again and compare its size; nothing of it was installed."),
    ),
    engine_errors.NotAKit: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "There is no engine kit in this folder"),
        QT_TRANSLATE_NOOP("errors", "Choose the folder that holds kit.json."),
    ),
    engine_errors.NoFittingRelease: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "No engine version fits this card and driver"),
        QT_TRANSLATE_NOOP("errors", "Update the graphics driver, or read with the built-in reader."),
    ),
    engine_errors.NotHunyuanOcr: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This is not a HunyuanOCR model"),
        QT_TRANSLATE_NOOP(
            "errors", "Choose the folder that holds config.json and the .safetensors files of HunyuanOCR."
        ),
    ),
    engine_errors.ModelIncomplete: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The model is not complete"),
        QT_TRANSLATE_NOOP("errors", "Copy or download the missing files, then try again."),
    ),
    engine_errors.ModelDamaged: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The model's files are damaged"),
        QT_TRANSLATE_NOOP("errors", "Copy or download them again; nothing was taken over."),
    ),
    engine_errors.LicenceNotAccepted: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The model's licence has not been accepted"),
        QT_TRANSLATE_NOOP("errors", "Read Tencent's licence in the setup and accept it if you may."),
    ),
    engine_errors.DownloadFailed: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The download failed"),
        QT_TRANSLATE_NOOP("errors", "Check the connection and try again; it goes on where it stopped."),
    ),
    engine_errors.EngineAbsent: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine is not set up yet"),
        QT_TRANSLATE_NOOP("errors", "Open the setup, or run “diglot engine install”."),
    ),
    engine_errors.NoCard: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "No graphics card was found that the engine can use"),
        QT_TRANSLATE_NOOP("errors", "Read with the built-in reader, or choose a shared server."),
    ),
    engine_errors.DriverTooOld: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The graphics driver is too old for this engine"),
        QT_TRANSLATE_NOOP("errors", "Update the NVIDIA driver, or let the setup choose an older engine."),
    ),
    engine_errors.CudaMissing: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine cannot reach the graphics card"),
        QT_TRANSLATE_NOOP("errors", "Restart the computer; if that does not help, install the NVIDIA driver again."),
    ),
    engine_errors.NotEnoughMemory: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "There is not enough free graphics memory"),
        QT_TRANSLATE_NOOP("errors", "Close programs that use the card, or give the engine less."),
    ),
    engine_errors.PageTooLongForMemory: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The memory does not hold one page of that length"),
        QT_TRANSLATE_NOOP("errors", "Give the engine more memory, or allow shorter pages."),
    ),
    engine_errors.WrongArchitecture: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This engine version cannot run this model"),
        QT_TRANSLATE_NOOP("errors", "Let the setup install a version that can."),
    ),
    engine_errors.WeightsDamaged: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The model's files cannot be loaded"),
        QT_TRANSLATE_NOOP("errors", "Import the model again from where it came."),
    ),
    engine_errors.EngineBroken: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine's installation is broken"),
        QT_TRANSLATE_NOOP("errors", "Install the engine again."),
    ),
    engine_errors.PortTaken: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "Another program took the engine's port"),
        QT_TRANSLATE_NOOP("errors", "Start the engine again; it takes another one."),
    ),
    engine_errors.EngineNotPermitted: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine may not use what it needs"),
        QT_TRANSLATE_NOOP("errors", "Ask whoever looks after this computer; the log names the file or device."),
    ),
    engine_errors.EngineStalled: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine gave no sign of life and was stopped"),
        QT_TRANSLATE_NOOP("errors", "Start it again; if it happens again, give it less memory."),
    ),
    engine_errors.EngineCrashed: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine stopped unexpectedly"),
        QT_TRANSLATE_NOOP("errors", "Start it again; the log shows its last words."),
    ),
    engine_errors.Impostor: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "Another program answers in the engine's place"),
        QT_TRANSLATE_NOOP("errors", "Start the engine again; nothing was sent to that program."),
    ),
    engine_errors.EngineMixesPages: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine mixed up pages"),
        QT_TRANSLATE_NOOP("errors", "Run the self-check; it lowers the number of pages at once until they are right."),
    ),
    engine_errors.EngineBusy: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine has no room for another page now"),
        QT_TRANSLATE_NOOP("errors", "Wait a moment and try again, or read fewer pages at once."),
    ),
    engine_errors.EngineMisreads: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine does not read rightly"),
        QT_TRANSLATE_NOOP("errors", "Import the model again, or let the setup install another engine version."),
    ),
    engine_errors.CardLost: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The graphics card went away"),
        QT_TRANSLATE_NOOP(
            "errors", "Wait until the driver is back, or restart the computer; then start the engine again."
        ),
    ),
    engine_errors.OwnedElsewhere: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The engine belongs to another window or command"),
        QT_TRANSLATE_NOOP("errors", "Use it there, or close that one first."),
    ),
    engine_errors.NoOwner: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "No engine is running"),
        QT_TRANSLATE_NOOP("errors", "Open the window, or run “diglot engine start”."),
    ),
    engine_errors.LaunchUnavailable: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This way of running the engine is not available here"),
        QT_TRANSLATE_NOOP("errors", "Choose another way in the engine's settings."),
    ),
    engine_errors.RemoteError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The shared server could not be used"),
        QT_TRANSLATE_NOOP("errors", "Ask whoever runs it. No page was sent elsewhere."),
    ),
    engine_errors.RemoteUnreachable: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The shared server cannot be reached"),
        QT_TRANSLATE_NOOP("errors", "Check the address and the network. No page was sent elsewhere."),
    ),
    engine_errors.RemoteNotTrusted: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The shared server's certificate is not trusted"),
        QT_TRANSLATE_NOOP("errors", "Choose your house's CA file in the settings. No page was sent."),
    ),
    engine_errors.RemoteKeyRefused: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The shared server does not take this key"),
        QT_TRANSLATE_NOOP("errors", "Enter the key again. No page was sent."),
    ),
    engine_errors.RemoteRedirects: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The shared server sends us to another address"),
        QT_TRANSLATE_NOOP("errors", "Enter that address yourself if you trust it. No page was sent."),
    ),
    engine_errors.RemoteHasNoModel: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The shared server has no such model"),
        QT_TRANSLATE_NOOP("errors", "Choose one of the models that it names."),
    ),
    engine_errors.NotEncrypted: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "Pages would travel unencrypted"),
        QT_TRANSLATE_NOOP("errors", "Use https, or say in the settings that you accept it for this address."),
    ),
}


def state_words(status: ServerStatus) -> StateWords:
    """Return the state in a word and in a sentence; a failure's sentence is its error's title."""
    words = STATES[status.state]
    sentence = _say(words.sentence)
    if status.error is not None and status.state is ServerState.FAILED:
        sentence = _say("{words}.").format(words=error_title(status.error))
    elif status.state is ServerState.STARTING:
        sentence = start_words(status)
    elif status.remote:
        sentence = ""  # the notice says it all the time
    return StateWords(_say(words.word), sentence)


def start_words(status: ServerStatus) -> str:
    """Say what a starting engine is busy with, how far that is, and how long it still takes."""
    words = _say(PHASES[status.phase]) if status.phase is not None else _say(STATES[status.state].sentence).rstrip(".")
    if status.step is not None:
        words = QCoreApplication.translate("engine", "{what}, {done} of {total}").format(
            what=words, done=status.step[0], total=status.step[1]
        )
    if status.seconds_left is not None:
        left = QCoreApplication.translate("engine", "about {time} left").format(time=time_words(status.seconds_left))
        words = f"{words} · {left}"
    return words


def error_title(error: DiglotError) -> str:
    """Return what happened, with the thing it happened to."""
    title = error_words(error).title
    return f"{error.subject}: {title}" if error.subject else title


def reason_words(reason: Reason) -> str:
    """Return a sentence that says why there is no card."""
    return _say(REASONS[reason])


def fit_words(fit: CardFit) -> str:
    """Return a sentence where a card does not quite fit, "" where it does."""
    words = FITS[fit]
    return _say(words) if words else ""


def remedy_words(remedy: Remedy) -> str:
    """Return the words of the button that applies a remedy."""
    match remedy.kind:
        case RemedyKind.USE_BUDGET:
            words = QCoreApplication.translate("engine", "Use {memory} instead")
            return words.format(memory=gib(remedy.value))
        case RemedyKind.USE_LENGTH:
            words = QCoreApplication.translate("engine", "Allow pages up to {tokens} tokens")
            return words.format(tokens=count_words(remedy.value))
        case RemedyKind.START_AGAIN:
            return QCoreApplication.translate("engine", "Start it again")
        case RemedyKind.SET_UP:
            return QCoreApplication.translate("engine", "Set up…")
        case RemedyKind.CHECK:
            return QCoreApplication.translate("engine", "Run the self-check")


def host_of(address: str) -> str:
    """Return the part of a server's address that people know it by: host and port."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2] or address
    except ValueError:
        return address


def remote_words(address: str) -> str:
    """Say where pages go."""
    return QCoreApplication.translate("engine", "Pages are read on {server}").format(server=host_of(address))


def _say(text: str) -> str:
    return QCoreApplication.translate("engine", text)
