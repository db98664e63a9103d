"""Every step and every state has words, in the office and on the phone: nobody reads a name of the code in a history."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.cases import rules
from server.cases.desk_steps import ACTION_OF
from server.text import sentences

PHONE = Path(__file__).parents[2] / "static/src/text/cases.ts"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_steps_states_levels_and_sources_have_words_in_the_office(language: str) -> None:
    wanted = {f"cases.step.{step}" for step in ("opened", *rules.STEPS)}
    wanted |= {f"cases.state.{state}" for state in rules.STATES}
    wanted |= {f"level.{level}" for level in (*rules.LEVELS, *rules.OTHER_TERMS)}
    wanted |= {f"cases.source.{source}" for source in (rules.OF_RECORD, *rules.SOURCES)}
    wanted |= {f"cases.do.{step}" for step in ACTION_OF}
    assert wanted - sentences(language).keys() == set()


def test_steps_and_states_have_words_on_the_phone() -> None:
    said = re.findall(r"'((?:step|state)\.\w+)':", PHONE.read_text("utf-8"))
    wanted = {f"step.{step}" for step in ("opened", *rules.STEPS)} | {f"state.{state}" for state in rules.STATES}
    assert {name for name in wanted if said.count(name) != 2} == set()


def test_every_step_that_the_desk_may_send_belongs_to_somebody() -> None:
    assert set(ACTION_OF) == {*rules.OF_OFFICE, *rules.OF_LEAD, *rules.OF_OTHERS}
    assert set(rules.STEPS) - set(ACTION_OF) == {"not_verified", "escalated"}
