"""A few red tests are asked once more, alone; many are not, and what stays red is red (decision 0022)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import tests as running


def after_a_run(monkeypatch: pytest.MonkeyPatch, folder: Path, red: list[str], is_green_alone: bool) -> list[str]:
    """What is told as unsteady when these tests were red, and then green or red alone."""
    kept = folder / "lastfailed"
    kept.write_text(json.dumps(dict.fromkeys(red, True)), "utf-8")
    monkeypatch.setattr(running, "LAST_FAILED", kept)
    monkeypatch.setattr(running, "run", lambda _step, _log: (is_green_alone, 1.0))
    return running.asked_again(running.pytest("-m", "not prove"))


def test_what_is_green_alone_is_told_as_unsteady(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert after_a_run(monkeypatch, tmp_path, ["b", "a"], True) == ["a", "b"]


def test_what_stays_red_is_red(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert after_a_run(monkeypatch, tmp_path, ["a"], False) == []


def test_many_red_tests_are_not_asked_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert after_a_run(monkeypatch, tmp_path, ["a", "b", "c", "d", "e", "f"], True) == []


def test_a_red_check_is_not_asked_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    after_a_run(monkeypatch, tmp_path, ["a"], True)
    assert running.asked_again(running.CHECKS[0]) == []
