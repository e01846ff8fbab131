"""What can go wrong with the engine and its setup, with title, advice and exit code: a branch of `engine.errors`.

    DiglotError
    └── EngineError                    70   the engine or its setup could not do its work
        ├── SetupError                 70   something on the way onto this machine failed
        │   ├── NoInterpreter          71   no Python that the engine can use
        │   ├── InstallFailed          72   the installer gave up
        │   ├── KitDamaged             73   a part of the kit is missing or changed
        │   ├── NotAKit                74   there is no kit in this folder
        │   ├── NoFittingRelease       75   no engine version fits card and driver
        │   ├── NotHunyuanOcr          76   some other model, or none
        │   ├── ModelIncomplete        77   files of the checkpoint are missing
        │   ├── ModelDamaged           78   a file's size or hash is wrong
        │   ├── LicenceNotAccepted     79   the model's licence was not accepted
        │   └── DownloadFailed         80   the network or the server said no
        ├── EngineAbsent               81   no engine or no weights on this machine
        ├── NoCard                     82   no NVIDIA card
        ├── DriverTooOld               83   the driver is older than the engine needs
        ├── CudaMissing                84   torch sees no CUDA device
        ├── NotEnoughMemory            85   the card has too little free memory
        ├── PageTooLongForMemory       86   one page would not fit into the page memory
        ├── WrongArchitecture          87   this vLLM does not know the model
        ├── WeightsDamaged             88   the weights cannot be loaded
        ├── EngineBroken               89   vLLM does not import or start
        ├── PortTaken                  90   another program has the port
        ├── EngineNotPermitted         91   the system forbids something
        ├── EngineStalled              92   no sign of life
        ├── EngineCrashed              93   it ended for a reason we do not know
        ├── Impostor                   94   somebody else answers in the engine's place
        ├── EngineMixesPages           95   it gave pages the words of others
        ├── EngineBusy                 68   it has no room for another page now
        ├── EngineMisreads             69   it does not read what is on a page
        ├── CardLost                   96   the driver was reset or the card is gone
        ├── OwnedElsewhere             97   another process owns the engine
        ├── NoOwner                    98   nobody runs the engine
        ├── LaunchUnavailable          66   docker, podman, wsl or the image is missing
        └── RemoteError                61   the shared server did not do its work
            ├── RemoteUnreachable      61   no answer at that address
            ├── RemoteNotTrusted       62   the certificate does not fit
            ├── RemoteKeyRefused       63   the key is wrong
            ├── RemoteRedirects        64   it sends us somewhere else
            ├── RemoteHasNoModel       65   no HunyuanOCR there
            └── NotEncrypted           67   plain HTTP beyond this machine

An error may carry a `remedy`: the one change that would help, for a front to offer as a button.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import DiglotError


class RemedyKind(StrEnum):
    """What a remedy changes."""

    USE_BUDGET = "use budget"  # `value`: bytes of graphics memory
    USE_LENGTH = "use length"  # `value`: tokens of the longest page
    START_AGAIN = "start again"
    SET_UP = "set up"  # open the setup
    CHECK = "check"  # run the self-check


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that would help, and its value where it has one."""

    kind: RemedyKind
    value: int = 0


class EngineError(DiglotError):
    """The engine or its setup could not do its work."""

    title = "The engine could not do that"
    advice = "Open the engine panel; it says how things stand."
    exit_code = 70

    def __init__(self, subject: str = "", *, detail: str = "", remedy: Remedy | None = None) -> None:
        """Take also the change that would help."""
        super().__init__(subject, detail=detail)
        self.remedy = remedy


class SetupError(EngineError):
    """Something on the way onto this machine failed."""

    title = "The engine could not be set up"
    advice = "Try the step again; the log says more."
    exit_code = 70


class NoInterpreter(SetupError):
    """No Python that the engine can use."""

    title = "No suitable Python was found for the engine"
    advice = "Use a kit that brings one, or install Python 3.12 and try again."
    exit_code = 71


class InstallFailed(SetupError):
    """The installer gave up."""

    title = "The engine could not be installed"
    advice = "Try again; what was loaded already is kept. The log names the package that failed."
    exit_code = 72
    retryable = True


class KitDamaged(SetupError):
    """A part of the kit is missing or changed."""

    title = "The kit is damaged or not complete"
    advice = "Copy it onto the stick again and compare its size; nothing of it was installed."
    exit_code = 73
    retryable = True


class NotAKit(SetupError):
    """There is no kit in this folder."""

    title = "There is no engine kit in this folder"
    advice = "Choose the folder that holds kit.json."
    exit_code = 74


class NoFittingRelease(SetupError):
    """No engine version fits card and driver."""

    title = "No engine version fits this card and driver"
    advice = "Update the graphics driver, or read with the built-in reader."
    exit_code = 75


class NotHunyuanOcr(SetupError):
    """Some other model, or none."""

    title = "This is not a HunyuanOCR model"
    advice = "Choose the folder that holds config.json and the .safetensors files of HunyuanOCR."
    exit_code = 76


class ModelIncomplete(SetupError):
    """Files of the checkpoint are missing."""

    title = "The model is not complete"
    advice = "Copy or download the missing files, then try again."
    exit_code = 77
    retryable = True


class ModelDamaged(SetupError):
    """A file's size or hash is wrong."""

    title = "The model's files are damaged"
    advice = "Copy or download them again; nothing was taken over."
    exit_code = 78
    retryable = True


class LicenceNotAccepted(SetupError):
    """The model's licence was not accepted."""

    title = "The model's licence has not been accepted"
    advice = "Read Tencent's licence in the setup and accept it if you may."
    exit_code = 79


class DownloadFailed(SetupError):
    """The network or the server said no."""

    title = "The download failed"
    advice = "Check the connection and try again; it goes on where it stopped."
    exit_code = 80
    retryable = True


class EngineAbsent(EngineError):
    """No engine or no weights on this machine."""

    title = "The engine is not set up yet"
    advice = "Open the setup, or run “diglot engine install”."
    holds_jobs = True
    exit_code = 81


class NoCard(EngineError):
    """No NVIDIA card."""

    title = "No graphics card was found that the engine can use"
    advice = "Read with the built-in reader, or choose a shared server."
    holds_jobs = True
    exit_code = 82


class DriverTooOld(EngineError):
    """The driver is older than the engine needs."""

    title = "The graphics driver is too old for this engine"
    advice = "Update the NVIDIA driver, or let the setup choose an older engine."
    exit_code = 83


class CudaMissing(EngineError):
    """Torch sees no CUDA device."""

    title = "The engine cannot reach the graphics card"
    advice = "Restart the computer; if that does not help, install the NVIDIA driver again."
    exit_code = 84


class NotEnoughMemory(EngineError):
    """The card has too little free memory."""

    title = "There is not enough free graphics memory"
    advice = "Close programs that use the card, or give the engine less."
    holds_jobs = True
    exit_code = 85
    retryable = True


class PageTooLongForMemory(EngineError):
    """One page would not fit into the page memory."""

    title = "The memory does not hold one page of that length"
    advice = "Give the engine more memory, or allow shorter pages."
    exit_code = 86
    retryable = True


class WrongArchitecture(EngineError):
    """This vLLM does not know the model."""

    title = "This engine version cannot run this model"
    advice = "Let the setup install a version that can."
    exit_code = 87


class WeightsDamaged(EngineError):
    """The weights cannot be loaded."""

    title = "The model's files cannot be loaded"
    advice = "Import the model again from where it came."
    exit_code = 88


class EngineBroken(EngineError):
    """VLLM does not import or start."""

    title = "The engine's installation is broken"
    advice = "Install the engine again."
    holds_jobs = True
    exit_code = 89


class PortTaken(EngineError):
    """Another program has the port."""

    title = "Another program took the engine's port"
    advice = "Start the engine again; it takes another one."
    holds_jobs = True
    exit_code = 90
    retryable = True


class EngineNotPermitted(EngineError):
    """The system forbids something."""

    title = "The engine may not use what it needs"
    advice = "Ask whoever looks after this computer; the log names the file or device."
    exit_code = 91


class EngineStalled(EngineError):
    """No sign of life."""

    title = "The engine gave no sign of life and was stopped"
    advice = "Start it again; if it happens again, give it less memory."
    holds_jobs = True
    exit_code = 92
    retryable = True


class EngineCrashed(EngineError):
    """It ended for a reason we do not know."""

    title = "The engine stopped unexpectedly"
    advice = "Start it again; the log shows its last words."
    holds_jobs = True
    exit_code = 93
    retryable = True


class Impostor(EngineError):
    """Somebody else answers in the engine's place."""

    title = "Another program answers in the engine's place"
    advice = "Start the engine again; nothing was sent to that program."
    holds_jobs = True
    exit_code = 94
    retryable = True


class EngineMixesPages(EngineError):
    """It gave pages the words of others."""

    title = "The engine mixed up pages"
    advice = "Run the self-check; it lowers the number of pages at once until they are right."
    holds_jobs = True
    exit_code = 95


class EngineBusy(EngineError):
    """It has no room for another page now."""

    title = "The engine has no room for another page now"
    advice = "Wait a moment and try again, or read fewer pages at once."
    holds_jobs = True
    exit_code = 68
    retryable = True


class EngineMisreads(EngineError):
    """It does not read what is on a page."""

    title = "The engine does not read rightly"
    advice = "Import the model again, or let the setup install another engine version."
    holds_jobs = True
    exit_code = 69


class CardLost(EngineError):
    """The driver was reset or the card is gone."""

    title = "The graphics card went away"
    advice = "Wait until the driver is back, or restart the computer; then start the engine again."
    holds_jobs = True
    exit_code = 96
    retryable = True


class OwnedElsewhere(EngineError):
    """Another process owns the engine."""

    title = "The engine belongs to another window or command"
    advice = "Use it there, or close that one first."
    holds_jobs = True
    exit_code = 97
    retryable = True


class NoOwner(EngineError):
    """Nobody runs the engine."""

    title = "No engine is running"
    advice = "Open the window, or run “diglot engine start”."
    exit_code = 98


class LaunchUnavailable(EngineError):
    """Docker, podman, wsl or the image is missing."""

    title = "This way of running the engine is not available here"
    advice = "Choose another way in the engine's settings."
    holds_jobs = True
    exit_code = 66


class RemoteError(EngineError):
    """The shared server did not do its work."""

    title = "The shared server could not be used"
    advice = "Ask whoever runs it. No page was sent elsewhere."
    exit_code = 61


class RemoteUnreachable(RemoteError):
    """No answer at that address."""

    title = "The shared server cannot be reached"
    advice = "Check the address and the network. No page was sent elsewhere."
    holds_jobs = True
    exit_code = 61
    retryable = True


class RemoteNotTrusted(RemoteError):
    """The certificate does not fit."""

    title = "The shared server's certificate is not trusted"
    advice = "Choose your house's CA file in the settings. No page was sent."
    holds_jobs = True
    exit_code = 62


class RemoteKeyRefused(RemoteError):
    """The key is wrong."""

    title = "The shared server does not take this key"
    advice = "Enter the key again. No page was sent."
    holds_jobs = True
    exit_code = 63


class RemoteRedirects(RemoteError):
    """It sends us somewhere else."""

    title = "The shared server sends us to another address"
    advice = "Enter that address yourself if you trust it. No page was sent."
    holds_jobs = True
    exit_code = 64


class RemoteHasNoModel(RemoteError):
    """No HunyuanOCR there."""

    title = "The shared server has no such model"
    advice = "Choose one of the models that it names."
    holds_jobs = True
    exit_code = 65


class NotEncrypted(RemoteError):
    """Plain HTTP beyond this machine."""

    title = "Pages would travel unencrypted"
    advice = "Use https, or say in the settings that you accept it for this address."
    holds_jobs = True
    exit_code = 67
