"""`diglot read --keep` puts what is read into the library, where `diglot search` and `diglot jobs` find it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import diglot, pdf_with_text


@pytest.mark.slow
def test_what_is_kept_is_found_and_what_is_not_is_nowhere(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "a.pdf", "The quick brown fox", "jumps over the lazy dog")
    pdf_with_text(tmp_path / "b.pdf", "A quick brown badger")

    kept = diglot("read", "--keep", "--reader", "text", "a.pdf", cwd=tmp_path)
    passing = diglot("read", "--reader", "text", "b.pdf", cwd=tmp_path)
    found = diglot("search", "quick", "brown", "--json", cwd=tmp_path)
    jobs = diglot("jobs", "--json", cwd=tmp_path)

    assert (kept.code, passing.code, found.code, jobs.code) == (0, 0, 0, 0), (kept.err, found.err, jobs.err)
    hits = json.loads(found.out)["hits"]
    assert [(hit["page"], hit["document"]["path"]) for hit in hits] == [(1, str(tmp_path / "a.pdf"))]
    assert "fox" in found.out and "badger" not in found.out
    assert len(json.loads(jobs.out)["jobs"]) == 1


def test_nothing_kept_is_nothing_found_and_makes_no_library(tmp_path: Path) -> None:
    found = diglot("search", "anything", "--json", cwd=tmp_path)

    assert found.code == 0 and json.loads(found.out)["hits"] == []
    assert not (tmp_path / ".home" / "data" / "library").exists()
