"""Pure rules of findings: heard first, decided once, by somebody else, with a document."""

from __future__ import annotations

from datetime import date

import pytest

from server.findings import rules

TODAY = date(2026, 11, 29)
FACTS = {
    "decision": None, "is_opener": False, "was_heard": True, "hear_by": TODAY, "today": TODAY, "document_no": "示〔2026〕5号",
    "said": rules.CONFIRMED,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"decision": "confirmed"}, "step_done"),
        ({"is_opener": True}, "own_matter"),
        ({"was_heard": False}, "not_heard_yet"),
        ({"was_heard": False, "hear_by": date(2026, 11, 28)}, None),
        ({"document_no": ""}, "reason_needed"),
        ({"said": rules.NOT_CONFIRMED, "document_no": ""}, "reason_needed"),
        ({"said": rules.WITHDRAWN, "is_opener": True, "was_heard": False, "document_no": ""}, None),
        ({"said": rules.WITHDRAWN, "decision": "withdrawn"}, "step_done"),
    ],
)
def test_when_it_may_be_decided(changed, code) -> None:
    assert getattr(rules.may_decide(**{**FACTS, **changed}), "code", None) == code


def test_only_the_person_concerned_answers_and_only_before_the_decision() -> None:
    assert rules.may_answer(decision=None, is_concerned=True)
    assert rules.may_answer(decision=None, is_concerned=False).code == "not_found"  # type: ignore[union-attr]
    assert rules.may_answer(decision="confirmed", is_concerned=True).code == "step_done"  # type: ignore[union-attr]
