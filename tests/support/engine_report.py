"""A pytest plug-in that says at the very end what the tests against the real vLLM have shown, name by name.

With `DIGLOT_REQUIRE_ENGINE=1` anything that failed or was not run makes the run fail; without, a machine where the real
vLLM cannot be had passes, and the last line says that and why.
"""

from __future__ import annotations

import os
import sys

import pytest

NAMES = (
    "start",
    "read",
    "tasks",
    "live",
    "plugin-on",
    "plugin-off",
    "metrics",
    "stop",
    "kill-front",
    "kill-core",
    "kill-worker",
    "kill-job",
    "kill-app",
    "sandbox",
)
MARK = "engine_proof"

_proofs: dict[str, list[str]] = {name: [] for name in NAMES}
_names_of: dict[str, tuple[str, ...]] = {}
_reasons: list[str] = []
_details: dict[str, str] = {}


def note(name: str, detail: str) -> None:
    """Say what was seen in the line of a proof: "12 of 12 right at 1, 4 and 12 in flight"."""
    _details[name] = detail


def add(name: str, detail: str) -> None:
    """Say it behind what is said there already."""
    _details[name] = "; ".join(part for part in (_details.get(name), detail) if part)


@pytest.hookimpl(trylast=True)  # when what is not asked for is deselected: `make soak` has none of these
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        mark = item.get_closest_marker(MARK)
        if mark is not None:
            assert set(mark.args) <= set(NAMES), mark.args
            _names_of[item.nodeid] = mark.args


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        _reasons.append(report.longrepr[2].removeprefix("Skipped: "))
    for name in _names_of.get(report.nodeid, ()):
        if report.failed:
            _proofs[name].append("failed")
        elif report.skipped:
            _proofs[name].append("not-run")
        elif report.when == "call":
            _proofs[name].append("ok")


def _verdict(name: str) -> str:
    outcomes = _proofs[name]
    for bad in ("failed", "not-run"):
        if bad in outcomes:
            return bad
    return "ok" if outcomes else "not-run"


def pytest_sessionfinish(session: pytest.Session) -> None:
    required = os.environ.get("DIGLOT_REQUIRE_ENGINE") == "1"
    if required and any(_verdict(name) != "ok" for name in NAMES):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _names_of or config.option.collectonly:
        return
    lines = [f"ENGINE {name} {_verdict(name)}{_said(name)}" for name in NAMES]
    if all(_verdict(name) == "not-run" for name in NAMES):
        lines.append(f"NOT RUN: real vLLM ({_reasons[0] if _reasons else 'no test of it was run'})")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _said(name: str) -> str:
    detail = _details.get(name) or (_reasons[0] if _verdict(name) == "not-run" and _reasons else "")
    return f" {detail}" if detail else ""
