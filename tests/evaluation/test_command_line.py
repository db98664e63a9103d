"""``flask evaluate`` and ``flask lint-rules`` as people who write rules use them: files, no database, a code to go by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.evaluation.canonical import canonical
from server.evaluation.command_line import evaluate, lint_rules
from server.evaluation.score import score
from tests.evaluation.given import EXAMPLES, changed, facts, rules
from tests.evaluation.test_examples import BY_HAND


def write(folder: Path, value: object) -> str:
    path = folder / "file.json"
    path.write_bytes(value if isinstance(value, bytes) else canonical(value))
    return str(path)


def example(name: str) -> str:
    return str(EXAMPLES / f"{name}.json")


def test_evaluate_prints_the_sheet(tmp_path: Path) -> None:
    given = BY_HAND["default"][0]()
    answer = CliRunner().invoke(
        evaluate, ["--rule-set", example("default"), "--facts", write(tmp_path, given.as_json())]
    )
    assert answer.exit_code == 0
    assert answer.stdout == canonical(score(given, rules("default"))).decode() + "\n"
    assert json.loads(answer.stdout)["total"] == "86.8"


def test_evaluate_computes_with_nothing_that_is_forbidden(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        evaluate, ["--rule-set", example("e2_issued"), "--facts", write(tmp_path, facts({}).as_json()), "--lang", "en"]
    )
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "prohibition 2" in answer.stderr


def test_evaluate_takes_a_draft_that_nobody_has_signed(tmp_path: Path) -> None:
    draft = changed("default", issuers=[{"kind": "other", "name": "a", "reference": "b"}])
    paths = [tmp_path / "rules.json", tmp_path / "facts.json"]
    for path, value in zip(paths, (draft, facts({}).as_json()), strict=True):
        path.write_bytes(canonical(value))
    answer = CliRunner().invoke(evaluate, ["--rule-set", str(paths[0]), "--facts", str(paths[1])])
    assert (answer.exit_code, json.loads(answer.stdout)["status"]) == (0, "nothing")


def test_evaluate_says_what_is_wrong_with_the_facts(tmp_path: Path) -> None:
    answer = CliRunner().invoke(evaluate, ["--rule-set", example("default"), "--facts", write(tmp_path, {})])
    assert answer.exit_code == 1
    assert answer.stderr.count("✗") == 7  # seven keys are missing


def test_lint_rules_exits_0_when_publishable() -> None:
    answer = CliRunner().invoke(lint_rules, [example("default")])
    assert (answer.exit_code, answer.stdout.count("✗"), answer.stdout.count("?")) == (0, 0, 1)


@pytest.mark.parametrize(("lang", "says"), [("zh", "禁止事项二"), ("en", "prohibition 2")])
def test_lint_rules_names_the_indicator_and_the_paragraph(lang: str, says: str) -> None:
    answer = CliRunner().invoke(lint_rules, [example("e5_issued"), "--lang", lang])
    refused = [line for line in answer.stdout.splitlines() if line.startswith("✗")]
    assert answer.exit_code == 1
    assert len(refused) == 1
    assert "PATROL" in refused[0]
    assert says in refused[0]


def test_a_file_does_not_steer_the_terminal(tmp_path: Path) -> None:
    hostile = changed("default", "VISITS_DUE", code="\x1b[2J")
    answer = CliRunner().invoke(lint_rules, [write(tmp_path, hostile)])
    assert answer.exit_code == 1
    assert answer.stdout.count("�") == 2  # where, and what
    assert "\x1b" not in answer.stdout


def test_a_file_of_ten_megabytes_is_not_even_read(tmp_path: Path) -> None:
    answer = CliRunner().invoke(lint_rules, [write(tmp_path, b"[" * 10_000_000)])
    assert answer.exit_code == 1
    assert "256 KiB" in answer.stdout
