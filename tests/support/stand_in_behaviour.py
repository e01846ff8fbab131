"""How the stand-in for vLLM's server behaves: every fault it can have, and names for the common ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.support.stand_in_log import FAILURES, PHASES


@dataclass(frozen=True)
class Behaviour:
    """What it does. Times are seconds; phases are those of `stand_in_log.PHASES`."""

    # -- the start
    phase_seconds: float = 0.01  # how long each phase takes
    stall_at: str = ""  # a phase it enters and never leaves, without another word
    crash_at: str = ""  # a phase in which it dies, saying `last_words` before
    failure: str = ""  # a name of `stand_in_log.FAILURES`: fills `crash_at` and `last_words`
    last_words: str = ""
    exit_code: int = 1
    version: str = "0.32.0"
    # -- the end
    deaf: bool = False  # neither SIGINT nor SIGTERM ends it
    deaf_to_int: bool = False  # SIGTERM does
    slow_end: float = 0.0  # how long it takes to leave when it is asked
    worker_outlives_core: bool = False
    escapee: bool = False  # a descendant leaves group, session and parent, and holds on to the output
    escapee_forgets: bool = False  # … and has none of our environment either
    # -- the work
    healthy_answers: int = -1  # after so many, /health says 503; -1: never
    front_dies_after: float = -1.0  # so long after it was ready its front is killed with -9
    core_dies_after: float = -1.0
    core_exit_is_noticed_after: float = 0.2  # vLLM looks every 5 s
    stream: str = "right"  # "garbled", "hang", "cut", "error": in mid-answer
    answer: str = "The quick brown fox jumps over the lazy dog."
    answers: dict[str, str] = field(default_factory=dict)  # SHA-256 of a picture, or words of a prompt -> answer
    answer_seconds: float = 0.0  # before the first word
    piece_seconds: float = 0.0  # between words
    pages_in_memory: int = 10  # with so many in flight its page memory is full
    mixes_above: int = 0  # with more requests than this in flight, they get each other's words; 0: never
    impostor: bool = False  # it knows neither the key nor the token
    cannot_sleep: bool = False
    cannot_wake: bool = False
    babble: int = 0  # so many long lines are printed when it is ready
    record: bool = False  # writes argv and environment of the front to HOME/stand-in.json

    @property
    def dies_at(self) -> str:
        """The phase in which it dies, or nothing."""
        return self.crash_at or FAILURES.get(self.failure, ("", ()))[0]

    @property
    def words(self) -> list[str]:
        """What it says before that."""
        return self.last_words.splitlines() or list(FAILURES.get(self.failure, ("", ()))[1])


BEHAVIOURS: dict[str, Behaviour] = {
    "good": Behaviour(),
    "slow": Behaviour(phase_seconds=0.4),
    "silent": Behaviour(stall_at="weights"),
    "deaf": Behaviour(deaf=True),
    "deaf-to-int": Behaviour(deaf_to_int=True),
    "escapes": Behaviour(escapee=True),
    "ill": Behaviour(healthy_answers=1),
    "garbles": Behaviour(stream="garbled"),
    "hangs": Behaviour(stream="hang"),
    "cuts": Behaviour(stream="cut"),
    "front-dies": Behaviour(front_dies_after=0.3),
    "core-dies": Behaviour(core_dies_after=0.3),
    "mixes": Behaviour(mixes_above=1, answer_seconds=0.1),
    "impostor": Behaviour(impostor=True),
    "babbles": Behaviour(babble=5000),
    **{f"crash-{phase.replace(' ', '-')}": Behaviour(crash_at=phase) for phase in PHASES},
}
