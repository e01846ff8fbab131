"""What an engine spends graphics memory on, part by part, and the rungs on which more memory buys more.

The figures are estimates made before anything ran: the weights and the page memory are arithmetic, the rest follows
what others reported, a little rounded up. What vLLM says after a start corrects them (`engine.server.calibration`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from engine.tasks.page_tokens import most_tokens

MIB = 1 << 20
GIB = 1 << 30

PAGE_TOKENS = 8192
"""What one A4 page may take: 3 871 tokens of picture at 200 dpi, its prompt, and an answer of 4 096 tokens.

Most answers are shorter than 2 000; a page that is full of small print is what this must hold."""
PROMPT_TOKENS = 256
ANSWER_TOKENS = 4096
LEAST_TOKENS = 6144
"""A shorter limit than this is not taken: an A4 page and half of a dense answer."""
LONGEST_TOKENS = 32768
"""Longer than any page; chosen unless the user wants more, since an answer this long is a model going in circles."""
MAX_PAGES = 32
"""More at once would not be read faster: the card is busy, and the app could not bring pages so quickly."""
MAX_PIXELS = (2048**2, 3072**2, 4096**2)
"""Each holds one size of paper more at 200 dpi: A4, A3 (and A4 at 300 dpi), A2. The first is all that 1.0 can do."""

CONTEXT_BYTES = 600 * MIB
"""What CUDA takes for a process before it has done anything."""
LIBRARY_BYTES = 256 * MIB
"""Scratch space of the attention and matrix kernels."""
POSITION_TABLE_BYTES = 64 * MIB
"""Tables beside the weights: rotations for every position the model knows."""
BYTES_PER_PATCH = 32 << 10
"""The vision part's peak, nearly all of it one layer's fan-out; about 30 KB with an attention that keeps no matrix."""
BYTES_PER_BATCHED_TOKEN = 32 << 10
"""The language part's peak for a token that is worked on, its picture's embedding included."""
BYTES_PER_PAGE = 4 * MIB
"""Choosing the next word from 120 818: the scores, and sorted copies of them, for each page in flight."""
GRAPH_BYTES = 256 * MIB
GRAPH_BYTES_PER_PAGE = 8 * MIB
SPARE_BYTES = 256 * MIB
"""Left for gaps between allocations; vLLM itself advises 150 MiB."""
DRAFT_BYTES = 700 * MIB
"""What the DFlash draft adds besides its page memory, as its authors say."""
DRAFT_KV_BYTES_PER_TOKEN = 5 * 2 * 8 * 128 * 2
"""Five layers of keys and values, 8 heads of 128 numbers, 2 bytes each."""

BLOCK_TOKENS = 16
"""vLLM gives page memory out in blocks of this many tokens."""
RESERVED_TOKENS = 128
"""Some blocks more than the pages need: vLLM keeps one back, and a page that ends within a block takes all of it."""

MOST_EXTRA_WEIGHTS = 512 * MIB
MOST_EXTRA_WORKSPACE = 2 * GIB
MOST_EXTRA_GRAPHS = GIB
"""No report may add more than this to a part, nor take away more than half of it."""


class ModelFacts(Protocol):
    """What `engine.setup.model` finds out about a checkpoint, as far as memory is concerned."""

    @property
    def weight_bytes(self) -> int:
        """All tensors together."""

    @property
    def kv_bytes_per_token(self) -> int:
        """Keys and values of all layers."""

    @property
    def min_pixels(self) -> int:
        """Smaller pictures are made larger."""

    @property
    def max_pixels(self) -> int:
        """Larger pictures are made smaller."""

    @property
    def max_positions(self) -> int:
        """The longest text the model was made for."""

    @property
    def version(self) -> str:
        """Like 1.5."""


@dataclass(frozen=True, slots=True)
class Needs:
    """A model, as memory sees it. `draft_bytes` is 0 where it reads without a draft model."""

    weight_bytes: int
    kv_bytes_per_token: int
    min_pixels: int
    max_pixels: int
    max_positions: int
    version: str
    draft_bytes: int = 0


def needs_of(info: ModelFacts, *, with_draft: bool = False) -> Needs:
    """Take from a checkpoint what counts here; `with_draft` if its DFlash draft shall run beside it."""
    return Needs(
        weight_bytes=info.weight_bytes,
        kv_bytes_per_token=info.kv_bytes_per_token + (DRAFT_KV_BYTES_PER_TOKEN if with_draft else 0),
        min_pixels=info.min_pixels,
        max_pixels=info.max_pixels,
        max_positions=info.max_positions,
        version=str(info.version),
        draft_bytes=DRAFT_BYTES if with_draft else 0,
    )


def needs_of_version(version: str) -> Needs:
    """Return what the released weights of a version need: 996 208 112 numbers of 2 bytes, in both.

    Raises:
        ValueError: Neither 1.0 nor 1.5.
    """
    longest = {"1.0": (2048**2, 32768), "1.5": (4096**2, 131072)}.get(version)
    if longest is None:
        raise ValueError(f"no HunyuanOCR {version} is known, only 1.0 and 1.5")
    return Needs(
        weight_bytes=2 * 996_208_112,
        kv_bytes_per_token=24 * 2 * 8 * 128 * 2,
        min_pixels=512**2,
        max_pixels=longest[0],
        max_positions=longest[1],
        version=version,
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """How far the estimates were off, in bytes to add. `measured`: how many starts told what the workspace takes."""

    weights_bytes: int = 0
    workspace_bytes: int = 0  # the vision part's peak with it, as vLLM measures both in one
    graphs_bytes: int = 0
    measured: int = 0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was learned about this model with this engine on this card, for each maximum of pixels that was tried."""

    by_max_pixels: tuple[tuple[int, Correction], ...] = ()

    def at(self, max_pixels: int) -> Correction:
        """Return the correction for this maximum, one that changes nothing where it was never tried."""
        return dict(self.by_max_pixels).get(max_pixels, Correction())


@dataclass(frozen=True, slots=True)
class Rung:
    """A way of running the engine. It is taken from `from_pages` pages at once on, and the one below ends there.

    So a richer rung never costs pages: between the last page of one and the first of the next, memory is left over.
    """

    max_pixels: int
    eager: bool
    from_pages: int
    least_tokens: int

    @property
    def batched_tokens(self) -> int:
        """How many tokens one step may work on: the costliest picture, which vLLM takes whole or not at all.

        Not much more, as that many pixels may meet in one step of the vision part, and its peak would grow with them.
        """
        return _up(most_tokens(self.max_pixels), 64)


@dataclass(frozen=True, slots=True)
class Parts:
    """Bytes by purpose."""

    weights: int
    vision: int
    workspace: int
    graphs: int
    page_memory: int

    @property
    def total(self) -> int:
        """All of them, with what must be spare."""
        return self.weights + self.vision + self.workspace + self.graphs + self.page_memory + SPARE_BYTES


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one model. `max_tokens` is the user's limit of a page, `most_pages` what may be read at once."""

    needs: Needs
    max_tokens: int | None = None
    most_pages: int = MAX_PAGES
    calibration: Calibration = field(default_factory=Calibration)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """From the least demanding on. The first two read A4 pages, without and with CUDA graphs."""
        return tuple(self._rungs())

    def _rungs(self) -> Iterator[Rung]:
        pixels = sorted({min(each, self.needs.max_pixels) for each in MAX_PIXELS})
        yield Rung(pixels[0], eager=True, from_pages=1, least_tokens=self.page_tokens)
        # Graphs come before a second page: without them a model this small spends most of its time being told what to
        # do. They are left out only where they are what does not fit.
        yield Rung(pixels[0], eager=False, from_pages=1, least_tokens=self.page_tokens)
        for position, each in enumerate(pixels[1:], start=1):
            least_tokens = _up(most_tokens(each) + PROMPT_TOKENS + ANSWER_TOKENS, 1024)
            if least_tokens <= self._longest:
                yield Rung(each, eager=False, from_pages=min(4 * position, self.most_pages), least_tokens=least_tokens)

    @property
    def page_tokens(self) -> int:
        """What an A4 page may take."""
        return min(PAGE_TOKENS, self._longest)

    @property
    def _longest(self) -> int:
        wanted = LONGEST_TOKENS if self.max_tokens is None else max(self.max_tokens, LEAST_TOKENS)
        return min(wanted, self.needs.max_positions)

    def length(self, rung: Rung, pages: int) -> int:
        """Return how many tokens one page may take, picture, prompt and answer.

        The user's wish is kept to the token. Else a page may have the memory of all, as long as it is alone.
        """
        if self.max_tokens is not None:
            return self._longest
        return min(self._longest, max(pages * self.page_tokens, rung.least_tokens))

    def parts(self, rung: Rung, pages: int) -> Parts:
        """Return what this many A4 pages at once take on this rung."""
        correction = self.calibration.at(rung.max_pixels)
        tokens = max(pages * self.page_tokens, self.length(rung, pages)) + RESERVED_TOKENS
        workspace = CONTEXT_BYTES + LIBRARY_BYTES + rung.batched_tokens * BYTES_PER_BATCHED_TOKEN
        graphs = 0 if rung.eager else GRAPH_BYTES + pages * GRAPH_BYTES_PER_PAGE
        weights = self.needs.weight_bytes + self.needs.draft_bytes + POSITION_TABLE_BYTES
        return Parts(
            weights=corrected(weights, correction.weights_bytes, MOST_EXTRA_WEIGHTS),
            # Four patches a token: several small pictures fill a step as one large one does.
            vision=4 * rung.batched_tokens * BYTES_PER_PATCH,
            workspace=corrected(workspace, correction.workspace_bytes, MOST_EXTRA_WORKSPACE) + pages * BYTES_PER_PAGE,
            graphs=graphs and corrected(graphs, correction.graphs_bytes, MOST_EXTRA_GRAPHS),
            page_memory=_up(tokens, BLOCK_TOKENS) * self.needs.kv_bytes_per_token,
        )

    @property
    def least(self) -> int:
        """The bytes that one page takes on the lowest rung."""
        return self.parts(self.rungs[0], 1).total

    def best(self, budget_bytes: int) -> tuple[Rung, int] | None:
        """Return the highest rung that fits into the bytes and its pages at once; None if not one page does."""
        most = self.most_pages
        for rung in reversed(self.rungs):
            pages = self._pages(rung, budget_bytes, most)
            if pages >= rung.from_pages:
                return rung, pages
            most = min(most, rung.from_pages)
        return None

    def _pages(self, rung: Rung, budget_bytes: int, most: int) -> int:
        return next((pages for pages in range(most, 0, -1) if self.parts(rung, pages).total <= budget_bytes), 0)


def corrected(estimate: int, correction: int, most_extra: int) -> int:
    """Return an estimate with its correction, as far as that may go."""
    return estimate + max(-estimate // 2, min(correction, most_extra))


def _up(value: int, step: int) -> int:
    return -(-value // step) * step
