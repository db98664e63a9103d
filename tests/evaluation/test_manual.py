"""The manual for officials is true: its pieces are those of the shipped default set, and its result is what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.lint import lint
from server.evaluation.rule_set import compiled
from server.evaluation.schemas import read_facts, read_rule_set
from server.evaluation.score import score
from tests.evaluation.given import EXAMPLES, told

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs/evaluation_rules.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "server/evaluation/rule_set.schema.json").read_text("utf-8"))
ITS_OWN = {"RELOOKS", "ART13"}  # made for the page: a step table and a veto
UNSEEN_BY_THE_MANUAL = {"complaints", "incidents_in_area"}  # nobody should score them


def blocks() -> list[dict]:
    found = re.findall(r"```json\n(.*?)```", MANUAL, re.DOTALL)
    return [json.loads(text if text.startswith("{") else f"{{{text}}}") for text in found]


def test_the_pieces_are_those_of_the_default_set() -> None:
    default = told("default")
    head, _, *indicators, grades = blocks()
    assert {key: default[key] for key in head} == head
    assert set(default) - set(head) == {"groups", "grades", "indicators"}
    assert grades["grades"] == default["grades"]
    shipped = [indicator for indicator in indicators if indicator["code"] not in ITS_OWN]
    assert len(shipped) == 3
    for indicator in shipped:
        assert indicator in default["indicators"]


def test_its_own_pieces_make_a_set_that_the_check_takes() -> None:
    """What an official copies from the page, all of it together, is a rule set without an error."""
    head, groups, *indicators, grades = blocks()
    known = {group["code"] for group in groups["groups"]}
    wanted = {indicator.get("group") for indicator in indicators} - known - {None}
    more = [{"code": code, "title_zh": code, "title_en": code} for code in sorted(wanted)]
    full = sum(int(indicator.get("max", "0")) for indicator in indicators)
    whole = head | grades | {"base_score": str(full), "groups": groups["groups"] + more, "indicators": indicators}
    assert lint(read_rule_set(json.dumps(whole, ensure_ascii=False).encode())).refused == []


def test_every_type_and_every_key_of_a_type_is_explained() -> None:
    types = {name.removeprefix("of_"): part for name, part in SCHEMA["$defs"].items() if name.startswith("of_")}
    rows = dict(re.findall(r"^\| `(\w+)` ([^\n]*)$", MANUAL, re.MULTILINE))
    assert set(rows) == set(types)
    for name, part in types.items():
        needed = set(part["required"]) - {"group", "fact"}
        assert all(f"`{key}`" in rows[name] for key in needed), (name, needed)


def test_every_fact_is_named() -> None:
    assert {name for name in KNOWN_FACTS if f"`{name}`" not in MANUAL} == UNSEEN_BY_THE_MANUAL


def test_the_default_facts_come_to_what_the_manual_says() -> None:
    given = read_facts((EXAMPLES / "facts/default.json").read_bytes())
    sheet = score(given, compiled(read_rule_set((EXAMPLES / "default.json").read_bytes())))
    assert (sheet["total"], sheet["grade"]) == ("86.8", "good")
    assert MANUAL.count(sheet["total"]) == 2
