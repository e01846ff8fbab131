"""The border for the openai client: whatever goes wrong when a page is asked becomes an error with words.

What a server says is read for what went wrong and for numbers; it is never passed on, as it may quote the request.
"""

from __future__ import annotations

import json
import os
import re
import ssl
from dataclasses import dataclass

from engine.chain import causes_of
from engine.engine_errors import (
    EngineBroken,
    EngineBusy,
    EngineCrashed,
    EngineError,
    EngineStalled,
    Impostor,
    PageTooLongForMemory,
    RemoteError,
    RemoteHasNoModel,
    RemoteKeyRefused,
    RemoteNotTrusted,
    RemoteRedirects,
    RemoteUnreachable,
    WrongArchitecture,
)
from engine.errors import DiglotError, PageDamaged
from engine.readers.chat_answer import GarbledAnswer

LONGEST_SAID = 20_000
"""Characters of a server's words that are looked at."""
LONGEST_SHOWN = 200

TOO_LONG = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"prompt \(length (?P<has>\d+)\).{0,200}?maximum model length of (?P<most>\d+)",
        r"is too large: (?P<more>\d+).{0,200}?context length is (?P<most>\d+) tokens.{0,200}?request has (?P<has>\d+)",
        r"maximum context length is (?P<most>\d+) tokens.{0,200}?(?:requested|contains(?: at least)?) (?P<has>\d+)",
        r"Input length \((?P<has>\d+)\) exceeds.{0,200}?context length \((?P<most>\d+)\)",
        r"with (?P<has>\d+) embedding tokens, which exceeds.{0,200}?encoder cache size (?P<most>\d+)",
        r"request \((?P<has>\d+) tokens\) exceeds the available context size \((?P<most>\d+) tokens\)",
    )
)
"""How vLLM and llama.cpp, in several versions, say that page and answer do not fit."""
TOO_LONG_WORDS = re.compile(r"maximum (context|model) length|context size|encoder cache size", re.IGNORECASE)
NO_PICTURE_WORDS = re.compile(
    r"failed to load image|cannot identify image|image dimensions|image_url|base64|incorrect padding", re.IGNORECASE
)
NOT_PREPARED_WORDS = re.compile(r"failed to apply \w*processor", re.IGNORECASE)
NO_EYES_WORDS = re.compile(r"not a multimodal model|at most 0 image|does not support image", re.IGNORECASE)
BUSY_WORDS = re.compile(r"\bbusy\b|backlog|try again|overload|queue|rate limit|too many", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who was asked, and about what. `shared` is the shared server's host for people, "" for an engine of our own."""

    shared: str = ""
    page: str = ""
    model: str = ""


def error_of(problem: Exception, asking: Asking) -> DiglotError | None:
    """Return the error for what the openai client, or what lies below it, raised; None where it is none of theirs."""
    import httpx2
    import openai

    if isinstance(problem, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException):
        return hung(asking)
    if isinstance(problem, openai.APIStatusError):
        location = problem.response.headers.get("location", "")
        return refused(problem.status_code, said_in(problem.body), asking, location=location)
    if isinstance(problem, openai.APIConnectionError | httpx2.HTTPError | httpx2.StreamError | OSError):
        return _cut(problem, asking)
    if isinstance(problem, openai.APIError):  # an event of the stream says so
        return broken_off(asking, "it ran into an error")
    if isinstance(problem, GarbledAnswer | json.JSONDecodeError | UnicodeError | RecursionError):
        return _unlike(asking, "its answer is not understood")
    if isinstance(problem, openai.OpenAIError | httpx2.InvalidURL):
        return _unlike(asking, "it could not be asked")
    return None


def hung(asking: Asking) -> DiglotError:
    """Say that no answer, or no more of it, came in time."""
    if asking.shared:
        return RemoteUnreachable(asking.shared, detail="no answer in time")
    return EngineStalled(asking.page, detail="it did not answer in time")


def broken_off(asking: Asking, how: str) -> DiglotError:
    """Say that an answer ended before it was whole."""
    if asking.shared:
        return RemoteUnreachable(asking.shared, detail=how)
    return EngineCrashed(asking.page, detail=how)


def refused(status: int, said: str, asking: Asking, *, location: str = "") -> DiglotError:
    """Say what it means that a server answers with this status and these words."""
    own = not asking.shared
    match status:
        case 400 | 413 | 422:
            return _bad_request(status, said, asking)
        case 401 | 403:
            return Impostor(detail="it does not take the engine's key") if own else RemoteKeyRefused(asking.shared)
        case 404:
            return _not_there(said, asking)
        case 429:
            return EngineBusy(asking.shared or asking.page)
        case 503 if BUSY_WORDS.search(said):
            return EngineBusy(asking.shared or asking.page)
        case _ if 300 <= status < 400:
            elsewhere = plain(location.partition("?")[0])
            return Impostor(detail="it sends us elsewhere") if own else RemoteRedirects(asking.shared, detail=elsewhere)
        case 502 | 503 | 504:  # what stands before a server that is down, or one that says so itself
            return broken_off(asking, f"HTTP status {status}")
        case 500 if own:
            return EngineCrashed(asking.page, detail="HTTP status 500")
    return _unlike(asking, f"HTTP status {status}")


def said_in(untrusted_body: object) -> str:
    """Return what the body of a refusal says, in whichever of the usual places."""
    said = untrusted_body
    for name in ("error", "message", "detail"):
        if isinstance(said, dict) and name in said:
            said = said[name]
    return said[:LONGEST_SAID] if isinstance(said, str) else ""


def plain(raw_words: str) -> str:
    """Return foreign words on one line, without control characters, and cut."""
    shown = "".join(sign if sign.isprintable() else " " for sign in raw_words[: 2 * LONGEST_SHOWN])
    return " ".join(shown.split())[:LONGEST_SHOWN]


def _bad_request(status: int, said: str, asking: Asking) -> DiglotError:
    for pattern in TOO_LONG:
        if found := pattern.search(said):
            numbers = {name: int(digits[:12]) for name, digits in found.groupdict().items()}
            has = numbers["has"] + numbers.get("more", 0)
            return PageTooLongForMemory(
                asking.page, detail=f"it takes {has} tokens, and {numbers['most']} are the most"
            )
    if TOO_LONG_WORDS.search(said):
        return PageTooLongForMemory(asking.page)
    if NOT_PREPARED_WORDS.search(said):
        if asking.shared:
            return RemoteError(asking.shared, detail="it cannot prepare pictures for this model")
        return EngineBroken(detail="it cannot prepare pictures for the model")
    if NO_EYES_WORDS.search(said):
        if asking.shared:
            return RemoteHasNoModel(asking.shared, detail="its model takes no pictures")
        return WrongArchitecture(detail="it takes no pictures")
    if NO_PICTURE_WORDS.search(said):
        return PageDamaged(asking.page, detail="the picture of it was not understood")
    if status == 413:
        return _unlike(asking, "it takes no request as large as this page (HTTP status 413)")
    return _unlike(asking, f"HTTP status {status}")


def _not_there(said: str, asking: Asking) -> DiglotError:
    if not re.search(r"\bmodel\b", said, re.IGNORECASE):
        return _unlike(asking, "HTTP status 404")
    if asking.shared:
        return RemoteHasNoModel(asking.shared, detail=f"“{plain(asking.model)}” is not there any more")
    return Impostor(detail="it does not have the engine's model")


def _cut(problem: BaseException, asking: Asking) -> DiglotError:
    """Say how a connection failed: which certificate, what the system said."""
    from engine.readers.chat_transport import AnswerCompressed, AnswerTooLong

    for cause in causes_of(problem):
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = plain(cause.verify_message)
            return RemoteNotTrusted(asking.shared, detail=words) if asking.shared else Impostor(detail=words)
        if isinstance(cause, AnswerTooLong):
            return _unlike(asking, "its answer is too long")
        if isinstance(cause, AnswerCompressed):
            return _unlike(asking, "its answer is not understood")
    return broken_off(asking, _system_words(problem) or "it broke off")


def _system_words(problem: BaseException) -> str:
    for cause in causes_of(problem):
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
            # asyncio writes addresses into its own words; names that do not resolve have numbers below zero
            return plain(os.strerror(cause.errno) if cause.errno > 0 else cause.strerror or "")
    return ""


def _unlike(asking: Asking, what: str) -> DiglotError:
    """Say that a server did something that no good one does."""
    return RemoteError(asking.shared, detail=what) if asking.shared else EngineError(asking.page, detail=what)
