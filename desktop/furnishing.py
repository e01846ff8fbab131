"""Loading and building the window's parts a step a turn of the loop, so that no turn takes long."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, QTimer

BENCH_PARTS = (
    *("engine.events", "engine.tasks.task", "desktop.bridge", "desktop.session", "desktop.order_desk"),
    *("desktop.intake", "desktop.opening_desk", "desktop.workbench"),
    *("desktop.owned_engine", "engine.service"),
)
"""What the first document needs before it can be opened."""
DOCUMENT_PARTS = (
    *("engine.output.blocks", "desktop.words", "desktop.views.overlay", "desktop.views.page_view"),
    *("desktop.views.document_pane", "desktop.side_desk", "desktop.desk"),
    *("engine.settings", "engine.engine_errors", "engine.server.state", "engine.jobs.job", "engine.jobs.pipeline"),
    *("engine.jobs.run", "engine.jobs.queue", "engine.jobs.keeping"),
)
"""What it needs before it can be seen, loaded while the page process opens it."""
READING_PARTS = (
    "engine.logs",
    *("desktop.clipboard", "desktop.views.reading_document", "desktop.folding", "desktop.finding"),
    "desktop.searching",
    *("desktop.views.find_bar", "desktop.views.reading_builder", "desktop.views.gentle_scroll"),
    *("desktop.views.hovered_table", "desktop.views.reading_text", "desktop.views.table_view"),
    *("desktop.views.reading_stream", "desktop.views.streamed_text", "desktop.pairing", "desktop.views.both_view"),
    *("desktop.models.fields", "desktop.views.fields_view", "desktop.views.reading_tabs", "desktop.views.raw_view"),
    *("desktop.views.shown_doubts", "desktop.views.reading_pages", "desktop.views.reading_view"),
    *("desktop.views.asking_line", "desktop.views.reading_side", "desktop.notices"),
    *(
        "engine.pages.intake",
        "engine.children.child",
        "engine.pages.opening",
        "engine.readers.auto",
    ),  # which the service loads when asked
    *("engine.output.schema", "engine.output.corrections", "engine.output.document"),
    *("engine.store.records", "engine.store.database", "engine.store.search", "engine.store.library"),
    "engine.store.keeping",  # the first page that is read is kept
    *("engine.exports.html", "engine.exports.writing", "engine.exports.formats", "desktop.saving"),
    "desktop.dialogs.open_files",
)
"""What the first page did not need either."""
LIBRARY_PARTS = (
    *("desktop.models.library", "desktop.library_opening", "desktop.library_desk", "desktop.picture_keeper"),
    *("desktop.models.kept_pictures", "desktop.library_words", "desktop.views.library_rows"),
    *("desktop.views.library_foot", "desktop.dialogs.library", "desktop.library_search", "desktop.library_moving"),
    *("desktop.library_lost", "desktop.library_forgetting", "desktop.picture_bringer"),
)
"""What finds again what was read before."""
FAMILY_PARTS = (
    *("engine.output.answer", "engine.tasks.prompt", "tomllib", "engine.tasks.family", "engine.tasks.family_file"),
    *("engine.readers.appetite", "engine.readers.seat", "engine.readers.hunyuan"),
)
"""What the model can be asked, and who asks it."""
ORDER_PARTS = ("desktop.task_words", *FAMILY_PARTS)
"""What tells which tasks a reader can do."""
REVIEW_PARTS = (
    *("engine.output.corrections", "desktop.doubt_words", "desktop.cropping", "desktop.views.doubt_bubble"),
    *("engine.engine_errors", "engine.server.state", "engine.server.cards", "desktop.engine_words"),
    "desktop.putting_back",
    *("desktop.doubting", "desktop.job_desk", "desktop.comparing", "desktop.review"),
)
"""What helps to trust a reading: doubts, comparing, how jobs stand."""
ENGINE_PARTS = (
    # Smallest first: what stands on them is loaded quickly then.
    *("engine.engine_errors", "engine.settings", "engine.server.state", "engine.server.cards", "psutil"),
    *("engine.server.log_lines", "engine.server.tracebacks", "engine.server.card_causes", "engine.server.causes"),
    *("engine.server.health", "engine.server.life"),
    *("engine.server.supervisor", "engine.local_engine", "engine.server.plan", "engine.server.calibration"),
    *("engine.setup.checkpoint_config", "engine.setup.checkpoint", "engine.setup.model", "engine.setup.environments"),
    *("engine.setup.releases", "engine.setup.installing", "engine.server.keeper", "engine.server.owned"),
    *("engine.server.process", "engine.server.container"),
    *("engine.server.launch", "engine.server.start_history", "engine.server.on_cpu", "engine.server.preparing"),
    *("engine.server.self_check", "engine.setup.installer_output", "engine.setup.tool", "engine.setup.building"),
    *("engine.setup.interpreters", "engine.setup.kit", "engine.setup.kit_files", "engine.setup.runtime"),
    *("engine.server.check_records", "engine.server.asking", "engine.server.planning"),
    *("engine.owner.doors", "engine.owner.lock", "engine.owner.server", "engine.owner.ownership"),
    *("desktop.engine_words", "desktop.models.engine"),
    *("desktop.views.engine_state", "desktop.engine_desk", "desktop.views.engine_dock", "desktop.views.banner"),
    *("desktop.views.memory_bar", "desktop.views.memory_slider", "desktop.views.engine_memory"),
    *("desktop.views.rate_plot", "desktop.views.engine_live", "desktop.views.engine_log"),
    *("desktop.views.engine_panel", "desktop.setup_words", "desktop.setup_figures"),
    *("engine.local_setup", "desktop.models.setup", "desktop.setup_desk"),
)
"""What shows the engine and steers it."""
MODEL_PARTS = (
    *ENGINE_PARTS[: ENGINE_PARTS.index("engine.local_engine") + 1],
    *("engine.server.address", "engine.server.wire", "engine.server.client", "engine.server.remote"),
    "engine.shared_server",
    *FAMILY_PARTS,
    *("engine.output.finding_schema", "engine.output.schema", "engine.children.child", "engine.readers.cpu"),
    *("engine.readers.auto", "engine.readers.second", "engine.readers.text"),  # who read the same pages beside it
    *("engine.output.corrections", "engine.output.document", "engine.store.records"),  # the first page is kept
)
"""What a document needs that the model is to read as soon as it is open."""


async def load_in_turns(modules: Iterable[str]) -> None:
    """Import modules; between two of them the window answers."""
    for name in modules:
        importlib.import_module(name)
        await asyncio.sleep(0)


class Steps(QObject):
    """Takes one step a turn of the loop, and goes away after the last one."""

    def __init__(self, parent: QObject, steps: Iterable[Callable[[], object]]) -> None:
        super().__init__(parent)
        self._steps = iter(steps)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._take_one)
        self._timer.start()

    def _take_one(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
            self.deleteLater()
        else:
            step()


def loading(modules: Iterable[str]) -> list[Callable[[], object]]:
    """Return the steps that import modules."""
    return [partial(importlib.import_module, name) for name in modules]
