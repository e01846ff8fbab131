"""The OCR process: takes pages, reads them with its crew of threads, and answers when it is asked how far it is.

Operations (one is answered at a time, none takes long; the reading itself goes on beside them):

    warm     load the networks
    put      ticket, number, width, height, page, unit, task, shrunk; pixels   → put a page on the table
    check    ticket, width, height, quads; pixels                              → put lines on the table, to compare
    poll     ticket, seconds                                                   → how far it is, or the finished thing
    drop     ticket                                                            → stop working on it
    arrange  lines, rules, figures, number, page, unit, task                   → a page made of a text layer

Refusals: "missing" (a package or a network is not there), "unknown" (no such ticket), "defect".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from engine.children.serving import Answer, Call, Refusal, arguments, serve
from engine.output.page_frame import turn_of
from engine.output.schema import page_to_dict
from engine.readers.compose import compose
from engine.readers.frame import Frame, skew_of
from engine.readers.layers import layer_from_fields
from engine.readers.models import Models, what_is_missing
from engine.tasks.task import Task

if TYPE_CHECKING:
    from engine.readers.crew import Crew
    from engine.readers.pixels import Pixels

LONGEST_POLL_S = 0.5


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Desk:
    """Answers the requests. The crew is hired at the first one that needs it: `arrange` never does."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._crew: Crew | None = None

    def answer(self, call: Call) -> Answer:
        """Answer one request."""
        match call.op:
            case "warm":
                self._hire()
                return {}, ()
            case "put":
                return self._put(call)
            case "check":
                return self._check(call)
            case "turn":
                return self._turn(call)
            case "poll":
                return self._poll(call)
            case "drop":
                if self._crew is not None:
                    self._crew.drop(int(call.fields["ticket"]))
                return {}, ()
            case "arrange":
                return {"page": _arranged(call.fields)}, ()
            case _:
                raise Refusal("unknown", call.op)

    def _hire(self) -> Crew:
        if self._crew is None:
            missing = what_is_missing()
            if missing:
                raise Refusal("missing", missing)
            from engine.readers.crew import Crew

            self._crew = Crew(Models(workers=self._workers), workers=self._workers)
        return self._crew

    def _put(self, call: Call) -> Answer:
        crew = self._hire()
        from engine.readers.pagework import PageInWork, PageOrder

        fields = call.fields
        page_width, page_height = fields["page"]
        order = PageOrder(
            ticket=int(fields["ticket"]),
            number=int(fields["number"]),
            pixels=_pixels(call),
            width=float(page_width),
            height=float(page_height),
            unit=fields["unit"],
            task=Task(fields["task"]),
            shrunk=str(fields["shrunk"]),
        )
        crew.add(PageInWork(order))
        return {}, ()

    def _check(self, call: Call) -> Answer:
        crew = self._hire()
        from engine.readers.checkwork import LinesInWork

        crew.add(LinesInWork(int(call.fields["ticket"]), _pixels(call), call.fields["quads"]))
        return {}, ()

    def _turn(self, call: Call) -> Answer:
        crew = self._hire()
        from engine.readers.turnwork import TurnInWork

        crew.add(TurnInWork(int(call.fields["ticket"]), _pixels(call)))
        return {}, ()

    def _poll(self, call: Call) -> Answer:
        from engine.readers.crew import WorkFailed

        try:
            state = self._hire().wait(int(call.fields["ticket"]), min(LONGEST_POLL_S, float(call.fields["seconds"])))
        except KeyError:
            raise Refusal("unknown", "ticket") from None
        except WorkFailed as failed:
            raise Refusal(failed.code, failed.detail) from failed
        return state, ()


def _pixels(call: Call) -> Pixels:
    import numpy as np

    width, height = int(call.fields["width"]), int(call.fields["height"])
    return np.frombuffer(call.blob, np.uint8).reshape(height, width, 3)


def _arranged(fields: dict[str, Any]) -> dict[str, Any]:
    lines, rules, figures = layer_from_fields(fields)
    quads = [line.quad for line in lines]
    turned = turn_of(quads)
    width, height = fields["page"]
    result = compose(
        lines,
        rules=rules,
        figures=figures,
        frame=Frame(float(width), float(height), turned, skew_of(quads, turned)),
        number=int(fields["number"]),
        unit=fields["unit"],
        task=Task(fields["task"]),
        reader="text",
    )
    return page_to_dict(result)


def main() -> None:
    """Serve until the parent is gone."""
    words = arguments()
    serve(Desk(int(words[0]) if words and int(words[0]) > 0 else cores()).answer)


if __name__ == "__main__":
    main()
