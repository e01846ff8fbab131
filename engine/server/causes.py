"""Why an engine failed, found in its log: the root, which usually stands well before the last line.

vLLM's processes fail one after the other, each saying that the one below it has failed. So known causes are looked for
in the whole log, and the one nearest to the root wins. Where none is known, the exception is quoted that ended it.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable, Iterator, Sequence

from engine.engine_errors import EngineBroken, EngineCrashed
from engine.errors import DiglotError
from engine.server.card_causes import CARD_RULES
from engine.server.cause_rule import MAIN_MEMORY_FULL, Reads, Rule
from engine.server.log_lines import LogLine, log_lines, showable
from engine.server.model_causes import MODEL_RULES
from engine.server.system_causes import SYSTEM_RULES, shared_memory_full
from engine.server.tracebacks import Story, tell

RULES: tuple[Rule, ...] = (*CARD_RULES, *MODEL_RULES, *SYSTEM_RULES)

_SERVES = "Application startup complete"
_REQUEST_FAILED = "Exception in ASGI application"
_CORE_ENDED = re.compile(
    r"Failed core proc\(s\): \{[^}\n]{0,200}?: (-?\d{1,4})[,}]|died unexpectedly \(exit code: (-?\d{1,4})\)"
    r"|died with exit code (-?\d{1,4})"
)
_CORE_GONE = re.compile(r"engine core exited unexpectedly|Engine core proc \S{1,60} died unexpectedly")
_QUOTED = re.compile(r"'[^'\n]{1,4000}'|\"[^\"\n]{1,4000}\"")


def cause_of(lines: Sequence[str], returncode: int | None) -> DiglotError:
    """Say why an engine ended that nobody asked to end.

    Args:
        lines: The log of this one life, from its start; its middle may be missing.
        returncode: How the process ended, negative for a signal; None where it has not, or nobody knows.

    Returns:
        An error of the tree, `EngineCrashed` where the log tells of no known cause. Its detail holds names and numbers,
        never the text of a page, a key or somebody's home folder.
    """
    read = [line for raw in lines for line in log_lines(raw)]
    served_at = max((index for index, line in enumerate(read) if line.text.startswith(_SERVES)), default=None)
    served = served_at is not None
    if served_at is not None:
        read = read[served_at + 1 :]  # nothing that a start has overcome is the cause of a later end
    story = tell(_without_requests(read) if served else read)
    if (known := _known(story)) is not None:
        return known
    if story.fatal:
        return EngineCrashed(detail=_quoted(story.fatal, served))
    for code in (_core_ended(read), returncode):
        if code is not None and (ending := _by_code(code)) is not None:
            return ending
    if story.last_words:
        return EngineCrashed(detail=_quoted(story.last_words, served))
    if any(_CORE_GONE.search(line.text) for line in read):
        return EngineCrashed(detail="its core ended without a word")
    return EngineCrashed(detail="" if returncode is None else f"it left with code {returncode}")


def _without_requests(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """Leave out what the front says of an engine at work: requests that failed, and that it outlived."""
    failing = False
    for line in lines:
        if line.source or line.level:
            failing = line.text.startswith(_REQUEST_FAILED)
        if not failing and not line.source.startswith(("APIServer", "ApiServer")):
            yield line


def _known(story: Story) -> DiglotError | None:
    texts = {
        Reads.ERRORS: story.errors,
        Reads.ALL: story.all_lines,
        Reads.FRAMES: story.frames,
    }
    whole = {reads: "\n".join(text for _, text in lines) for reads, lines in texts.items()}
    best: tuple[tuple[int, int], Rule, re.Match[str]] | None = None
    for rule in RULES:
        if rule.mark not in whole[rule.reads]:
            continue
        for index, text in texts[rule.reads]:
            if best is not None and (rule.rank, index) >= best[0]:
                break
            if rule.mark in text and (match := rule.pattern.search(text)):
                best = ((rule.rank, index), rule, match)
                break
    return best[1].build(best[2]) if best else None


def _core_ended(lines: Iterable[LogLine]) -> int | None:
    """Return how the process ended that did the work, where the one that talks to us tells."""
    for line in lines:
        if line.serious and (match := _CORE_ENDED.search(line.text)):
            code = int(next(group for group in match.groups() if group is not None))
            if code:
                return code
    return None


def _by_code(code: int) -> DiglotError | None:
    """Say what an exit code means by itself; a shell and a container add 128 to a signal's number. None: nothing."""
    if code in (126, 127):
        return EngineBroken(detail="its program cannot be started" if code == 126 else "its program is not there")
    number = -code if code < 0 else code - 128
    if not 0 < number < 65:
        return None
    match number:
        case signal.SIGILL:
            return EngineBroken(detail="this processor lacks an instruction that it uses")
        case 7:  # SIGBUS on Linux; Windows has no name for it
            return shared_memory_full()
        case 9:
            return EngineCrashed(detail=f"the system ended it, as it does when {MAIN_MEMORY_FULL}")
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = str(number)
    return EngineCrashed(detail=f"signal {name}")


def _quoted(words: str, served: bool) -> str:
    """Quote its last words. Of an engine at work nothing is quoted that it quotes itself: it may be from a page."""
    return showable(_QUOTED.sub("…", words) if served else words)
