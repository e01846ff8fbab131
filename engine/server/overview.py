"""What is on this machine for an engine: the card, the model, the engine's own environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.settings import LaunchKind

if TYPE_CHECKING:
    from engine.server.cards import Card, Survey
    from engine.server.memory import Calibration
    from engine.setup.environments import Environment
    from engine.setup.model import ModelInfo


@dataclass(frozen=True, slots=True)
class Overview:
    """A look at the machine. `card` is the one that is used, `environment` and `model` those that are chosen."""

    survey: Survey
    card: Card | None
    model: ModelInfo | None
    environment: Environment | None
    launch: LaunchKind = LaunchKind.NATIVE
    held_bytes: int = 0
    """What our own engine holds of the card at this moment: the next start will find it free."""
    own_pids: frozenset[int] = frozenset()
    calibration: Calibration | None = None
    """What earlier starts on this card have taught."""

    @property
    def complete(self) -> bool:
        """Whether an engine and a model are set up."""
        native = self.launch is LaunchKind.NATIVE
        return self.model is not None and (self.environment is not None or not native)
