"""Every text field of the phone keeps to what the server takes: nothing saved there is refused for good for its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from marshmallow import Schema

from server.approvals import schemas as approvals
from server.cases.schemas import CaseVerified
from server.duties.emergencies import schemas as emergencies
from server.duties.hazards import schemas as hazards
from server.duties.information import schemas as information
from server.duties.mediations import schemas as mediations
from server.duties.publicity import schemas as publicity
from server.duties.visits import schemas as visits
from server.evaluation.forms import ObjectionMade, ObjectionWords
from server.households.schemas import HouseholdFields
from server.orders.schemas import OrderTold
from server.patrols import schemas as patrols
from server.platform.fields import Text
from server.privacy.schemas import CorrectionAsked
from server.records.schemas import Comment
from server.tasks.schemas import RefusalWords, TaskAssigned

PHONE = Path(__file__).parents[2] / "static/src"
Shapes = tuple[type[Schema], ...]
NOTES: dict[str, Shapes] = {  # file → the shapes that take its note
    "duties/emergencies/form.tsx": (emergencies.EmergencyReport, emergencies.EmergencyCorrection),
    "duties/hazards/form.tsx": (hazards.HazardReport, hazards.HazardCorrection),
    "duties/hazards/relook.tsx": (hazards.RelookTold,),
    "duties/information/form.tsx": (information.InformationReport, information.InformationCorrection),
    "duties/mediations/form.tsx": (mediations.MediationReport, mediations.MediationCorrection),
    "duties/publicity/form.tsx": (publicity.PublicityReport, publicity.PublicityCorrection),
    "duties/visits/form.tsx": (visits.VisitReport, visits.VisitCorrection),
    "patrols/form.tsx": (patrols.PatrolReport, patrols.PatrolCorrection),
}
PLACES = (
    hazards.HazardReport, hazards.HazardCorrection, emergencies.EmergencyReport, emergencies.EmergencyCorrection,
    information.InformationReport, information.InformationCorrection,
)  # fmt: skip
BOUND: dict[str, tuple[str, Shapes]] = {  # test id → field, and the shapes that take it; the box itself is as long
    "household-door": ("door", (HouseholdFields,)),
    "household-contact": ("contact_name", (HouseholdFields,)),
    "household-phone": ("contact_phone", (HouseholdFields,)),
    "place-words": ("place_words", PLACES),
    "business-name": ("business_name", PLACES[4:]),
    "party-name-": ("name", (mediations.Party,)),
    "party-phone-": ("phone", (mediations.Party,)),
    "return-words": ("words", (approvals.Return,)),
    "dispute-words": ("words", (approvals.Dispute,)),
    "rule-words": ("words", (approvals.Ruling,)),
}
WORDS = r"MOST_WORDS = (\d+)"
CHECKED: dict[
    str, tuple[str, str, str, Shapes]
] = {  # test id → where its bound stands, looked at before saving; field, shapes
    "case-words": ("records/cases.ts", WORDS, "words", (CaseVerified,)),
    "comment-words": ("records/comments.ts", WORDS, "words", (Comment,)),
    "correction-words": ("records/correction_requests.ts", WORDS, "words", (CorrectionAsked,)),
    "objection-words": ("records/scores.ts", WORDS, "words", (ObjectionMade, ObjectionWords)),
    "dispatch-words": ("records/task_row.tsx", WORDS, "words", (TaskAssigned,)),
    "refuse-words": ("records/task_row.tsx", WORDS, "words", (RefusalWords,)),
    "outside-giver": ("records/outside_orders.ts", r"MOST = .*giver: (\d+)", "giver", (OrderTold,)),
    "outside-words": ("records/outside_orders.ts", r"MOST = .*words: (\d+)", "words", (OrderTold,)),
}
NOT_KEPT = {  # answered while the person waits, only looked for, or no free text
    "sign-in-name", "sign-in-password", "reset-name", "reset-code", "reset-password", "person-password",
    "welcome-password", "household-search", "day-other", "away-from", "away-to", "",
}  # fmt: skip


def text_fields() -> Iterator[tuple[str, str, str]]:
    """(file, test id, tag) of every text field of the phone; of an id with a number in it, what stands before."""
    for path in sorted(PHONE.rglob("*.tsx")):
        source = path.read_text("utf-8")
        for begin in re.finditer(r"<TextField ", source):
            at, depth = begin.end(), 0
            while depth or source[at : at + 2] != "/>":
                depth += {"{": 1, "}": -1}.get(source[at], 0)
                at += 1
            tag = source[begin.start() : at]
            found = re.search(r'testid=(?:"|\{`)([\w-]*)', tag)
            yield str(path.relative_to(PHONE)), found[1] if found else "", tag


def longest(name: str, shapes: Shapes) -> set[int]:
    taken = [shape().fields[name] for shape in shapes]
    assert all(isinstance(field, Text) for field in taken)
    return {field.longest for field in taken if isinstance(field, Text)}


def box(tag: str) -> int:
    """How much the box itself lets in."""
    if " long " in tag:
        source = (PHONE / "ui/field.tsx").read_text("utf-8")
        return int(re.findall(r"<textarea [^>]*maxLength=\{(\d+)\}", source)[0])
    return int(re.findall(r"maxLength: (\d+)", tag)[0])


def test_no_text_field_of_the_phone_lets_in_other_than_the_server_takes() -> None:
    wrong = []
    for file, name, tag in text_fields():
        if name == "note":
            field = "words" if file == "duties/mediations/step.tsx" else "note"
            shapes = NOTES.get(file, (mediations.StepTold,))
            limits, here = longest(field, shapes), box(tag)
        elif name in CHECKED:
            source, bound, field, shapes = CHECKED[name]
            limits, here = longest(field, shapes), int(re.findall(bound, (PHONE / source).read_text("utf-8"))[0])
        elif name in BOUND:
            limits, here = longest(*BOUND[name]), box(tag)
        else:
            if name not in NOT_KEPT:
                wrong.append(f"{file}: {name} is in none of the lists")
            continue
        if limits != {here}:
            wrong.append(f"{file}: {name} lets in {here}, the server {sorted(limits)}")
    assert wrong == []


def test_every_field_of_the_lists_is_there() -> None:
    assert {name for _, name, _ in text_fields()} == {*BOUND, *CHECKED, *NOT_KEPT, "note"}
