"""One of each kind of object that the doors of feedback and findings name, made by the real commands."""

from __future__ import annotations

from typing import Any

from flask import Flask

from server.areas.models import OrgUnit
from server.feedback import commands, queries, rules
from server.feedback.intake import receive
from server.findings import commands as findings
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from tests.builders import writing
from tests.photos.pictures import jpeg
from tests.world import World

TOLD = {"kind": "complaint", "about": "grid_leader", "who": "", "words": "没有办", "name": "来访人", "phone": ""}


def add_voices(app: Flask, world: World) -> dict[str, Any]:
    """``feedback`` with a picture, in the town's own hands · ``clarification`` asked of the leader · ``finding`` about the
    part-time worker, open · ``hold`` on the feedback."""
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        start = session.get_one(OrgUnit, world.areas["town"])
        told = {**TOLD, "grid_id": world.areas["grid"]}
        one, other = (
            receive(session, told, feedback_id=new_id(), start=start, channel=rules.WEB, jpeg=jpeg(width=40, height=30))
            for _ in range(2)
        )
        for each in (one, other):
            commands.accept(session, town, each.id, town.person_id)
        commands.name_person(session, town, other.id, world.people["leader"])
        commands.settle(session, town, other.id, rules.UNFOUNDED, "不属实", "查过了")
        asked = queries.concerning(session, world.people["leader"])[0]
        form = {"id": new_id(), "person_id": world.people["parttime"], "ground": "4", "words": "态度不好"}
        opened = findings.open_finding(session, town, {**form, "happened_on": clock.today(), "feedback_id": None})
        county = holder_of(session, world.people["county"], clock.today())
        named = {"kind": "feedback", "object_id": one.id, "finding_id": None, "reason": "诉讼", "document_no": "法1号"}
        held = findings.hold(session, county, named)
        return {"feedback": one.id, "clarification": asked.id, "finding": opened.id, "hold": held.id}
