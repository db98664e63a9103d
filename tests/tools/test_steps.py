"""The steps of a run: a red check among green ones is red, and its words are told and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import tests as running
from tools.tests import Step


def shell(name: str, script: str) -> Step:
    return Step(name, ("sh", "-c", script))


def test_a_red_check_among_green_ones_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = (
        shell("one", "sleep 0.3; echo first"),
        shell("two", "echo wrong there; exit 1"),
        shell("three", "echo last"),
    )
    monkeypatch.setattr(running, "CHECKS", (one, two, three))
    monkeypatch.setattr(running, "LAST_FAILED", tmp_path / "lastfailed")
    assert running.main("check") == 1
    told = capsys.readouterr().out
    assert "── two\nwrong there\n" in told
    assert [line.split()[0] for line in told.partition("── summary\n")[2].splitlines()] == ["ok", "RED", "ok"]


def test_what_a_check_says_is_kept_and_all_green_is_green(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one, log = shell("one", "printf 'said \\377\n'"), tmp_path / "checks.txt"
    monkeypatch.setattr(running, "CHECKS", (one,))
    assert [green for _, green, _ in running.run_all((one, shell("two", "true")), {"checks": log})] == [True, True]
    assert log.read_text("utf-8") == "── one\nsaid \ufffd\n── two\n"
