"""What the engine's commands print for people: a plan, a status, a self-check, the table of releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.exports.characters import one_line

if TYPE_CHECKING:
    from engine.server.plan import Plan

GIB = 1 << 30


def plan_lines(plan: Plan) -> list[str]:
    """Say what a budget would give."""
    marks = f"least {_gib(plan.least_bytes)}, recommended {_gib(plan.recommended_bytes)}, most {_gib(plan.most_bytes)}"
    if not plan.fits:
        return [f"{_gib(plan.budget_bytes)} do not fit. {marks[0].upper()}{marks[1:]}."]
    pages = "1 page" if plan.pages_at_once == 1 else f"{plan.pages_at_once} pages"
    return [
        f"{_gib(plan.budget_bytes)} read about {pages} at once, pages up to {plan.max_tokens:,} tokens.",
        "",
        *(
            f"  {name:<12} {_gib(size):>9}"
            for name, size in (
                ("weights", plan.weights_bytes),
                ("vision", plan.vision_bytes),
                ("workspace", plan.workspace_bytes),
                ("graphs", plan.graphs_bytes),
                ("page memory", plan.page_memory_bytes),
                ("spare", plan.spare_bytes),
            )
        ),
        "",
        f"  {marks}",
        f"  vLLM: {' '.join(plan.flags)}",
    ]


def status_line(status: Mapping[str, Any]) -> str:
    """Say in one line how the engine stands."""
    state, pages, remote = status.get("state"), status.get("pages_at_once"), status.get("remote")
    where = f" on {remote}; pages leave this computer" if remote else ""
    if state == "ready":
        return one_line(f"The engine is ready{where}: {pages} pages at once.")
    return one_line(f"The engine is {state}{where}.")


def status_words(status: Mapping[str, Any]) -> list[str]:
    """Say how the engine stands, with what went wrong and what to do."""
    lines = [status_line(status)]
    if status.get("phase"):
        lines.append(one_line(f"  {status['phase']}, {100 * float(status.get('progress') or 0):.0f} %"))
    if status.get("checked") is False:
        lines.append("  Its self-check found mistakes; fewer pages are read at once.")
    if status.get("restarts"):
        lines.append(f"  It was started again {status['restarts']} times.")
    error = status.get("error")
    if isinstance(error, Mapping):
        detail = f" ({error.get('detail')})" if error.get("detail") else ""
        lines.append(one_line(f"  {error.get('title')}{detail}. {error.get('advice')}"))
    return lines


def check_lines(report: Mapping[str, Any]) -> list[str]:
    """Say what a self-check found."""
    pages, together = report.get("pages"), report.get("together")
    lines = [
        f"alone:    {report.get('right_alone')} of {pages} pages right",
        f"together: {report.get('right_together')} of {pages} pages right, {together} at once",
    ]
    if report.get("mixed"):
        lines.append(f"pages that got the words of others: {', '.join(str(page) for page in report['mixed'])}")
    if not report.get("reads"):
        lines.append("The engine does not read rightly. Import the model again, or install another release.")
    elif not report.get("passed"):
        lines.append(f"From now on {report.get('pages_at_once')} are read at once.")
    else:
        lines.append("The engine reads rightly.")
    return [one_line(line) for line in lines]


def release_lines() -> list[str]:
    """List the releases, with what was really run of each."""
    from engine.setup.releases import load_releases

    lines = []
    for release in load_releases():
        needs = f"driver {release.min_driver}, CUDA {release.cuda}" if release.cuda else "no card"
        ran = f"run on {release.ran.where} {release.ran.date}: {release.ran.self_check}"
        said = f"refused: {release.refused}" if release.refused else ran if release.ran.date else "never run"
        lines.append(f"{release.key:<18} {needs:<26} {said}")
    return lines


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
