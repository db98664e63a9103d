"""The phone's own computation, built as it is shipped, against the server's: the same bytes on random histories and sets."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from server.evaluation.canonical import canonical
from server.evaluation.facts import Facts
from server.evaluation.rule_set import compiled
from server.evaluation.score import score
from tests.evaluation import chance
from tests.evaluation.given import rules, told
from tests.evaluation.test_examples import BY_HAND

ROOT = Path(__file__).resolve().parents[2]
BRIDGE = Path(__file__).with_name("recompute.mjs")
FEW, MANY = 200, 10_000
PART, AT_ONCE = 1_000, 500
Pair = tuple[dict[str, Any], Facts]


def built(folder: Path, *faults: tuple[str, str, str]) -> Path:
    """``evaluation.mjs`` from the sources as they are, with a fault planted in each named file."""
    shutil.copytree(ROOT / "static/src/evaluation", folder / "static/src/evaluation")
    for name, old, new in faults:
        file = folder / "static/src/evaluation" / name
        source = file.read_text("utf-8")
        assert source.count(old) == 1, f"{name} no longer holds {old!r}"
        file.write_text(source.replace(old, new), "utf-8")
    command = ["node", str(ROOT / "tools/build_client.mjs"), "engine"]
    environment = {**os.environ, "GRIDWALK_BUILD": str(folder)}
    subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=60)
    return folder / "build/client/evaluation.mjs"


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("phone"))


def differing(module: Path, pairs: Sequence[Pair]) -> list[str]:
    """Where the two come to other bytes, each with both sheets."""
    sheets = [score(given, compiled(rule_set)) for rule_set, given in pairs]
    asked = b"".join(
        canonical({"facts": given.as_json(), "rules": rule_set, "sheet": sheet}) + b"\n"
        for (rule_set, given), sheet in zip(pairs, sheets, strict=True)
    )
    answer = subprocess.run(
        ["node", str(BRIDGE), str(module)], input=asked, capture_output=True, check=True, timeout=280
    )
    found = []
    for sheet, line in zip(sheets, answer.stdout.splitlines(), strict=True):
        said = orjson.loads(line)
        if said.get("sheet", "").encode() != canonical(sheet) or not said["agrees"]:
            found.append(f"{canonical(sheet).decode()}\n{said}")
    return found


def agree(module: Path, seeds: Iterable[int]) -> None:
    todo = list(seeds)
    for first in range(0, len(todo), AT_ONCE):
        part = todo[first : first + AT_ONCE]
        assert differing(module, [chance.pair(seed) for seed in part]) == [], f"among the seeds {part[0]} … {part[-1]}"


def test_both_come_to_the_same_bytes(phone: Path) -> None:
    agree(phone, range(FEW))


@pytest.mark.prove
@pytest.mark.parametrize("part", range(MANY // PART))
def test_both_come_to_the_same_bytes_ten_thousand_times(phone: Path, part: int) -> None:
    agree(phone, range(FEW + part * PART, FEW + (part + 1) * PART))


def test_both_come_to_the_same_bytes_on_the_examples(phone: Path) -> None:
    assert differing(phone, [(told(name), BY_HAND[name][0]()) for name in BY_HAND]) == []


FAULTS = {
    "a half rounds down": ("rational.ts", "(size * 2n + this.bottom) /", "(size * 2n + this.bottom - 1n) /"),
    "neutral rows count": ("tally.ts", "row.outcome === 'neutral' ?", "row.why === 'none' ?"),
    "at the deadline is late": ("tally.ts", "last.below(Rational.parse(took))", "!Rational.parse(took).below(last)"),
    "nothing is shared out": ("sheet.ts", "staying: inside.filter(stays)", "staying: inside"),
    "a gap does not break a streak": ("sheet.ts", "if (!follows || !reaches", "if (!reaches"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(fault: str, tmp_path: Path) -> None:
    module = built(tmp_path, FAULTS[fault])
    assert differing(module, [chance.pair(seed) for seed in range(FEW // 2)])


def test_a_changed_figure_does_not_agree(phone: Path) -> None:
    """What the phone is sent is compared whole: a total that was raised by hand is seen, and so is a changed source."""
    rule_set, given = told("default"), BY_HAND["default"][0]()
    sheet = score(given, rules("default"))
    raised = {**sheet, "total": "95"}
    asked = canonical({"facts": given.as_json(), "rules": rule_set, "sheet": raised}) + b"\n"
    answer = subprocess.run(["node", str(BRIDGE), str(phone)], input=asked, capture_output=True, check=True, timeout=60)
    assert orjson.loads(answer.stdout)["agrees"] is False
