"""Equipment, commendations, helpers, and the achievement record with consent and signature (Arts. 5, 18, 20, 22)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.people.models import Person
from server.workforce import commands, queries, signing
from server.workforce.rules import decision_may_be, masked
from tests.builders import Browser, at_desk, signed_in
from tests.strangers import add_strangers

RECORDS = "/office/records-of-achievement"


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=f"^{code}$")


def thing(**more: Any) -> dict[str, Any]:
    return {"id": new_id(), "username": "worker", "thing": "雨衣", "size": "L", "issued_on": clock.today(), **more}


def praise(of_what: str = "person", **more: Any) -> dict[str, Any]:
    told = {
        "id": new_id(), "of_what": of_what, "username": "worker", "unit_id": None, "resident": "", "words": "台风天转移老人",
    }  # fmt: skip
    return {**told, **more}


GRANTED = {"decision": "granted", "document_no": "示〔2026〕70号", "decision_words": ""}


def test_equipment_is_issued_and_comes_back(session, acts) -> None:
    actor, today = acts.holder("county"), clock.today()
    made = commands.equip(session, actor, thing())
    with refused("record_exists"):
        commands.equip(session, actor, thing(id=made.id))
    with refused("day_out_of_range"):
        commands.take_back(session, actor, made.id, today - timedelta(days=1))
    commands.take_back(session, actor, made.id, today)
    assert [(one.thing, one.returned_on) for one, _ in queries.equipment_of_county(session, actor.county_code)] == [
        ("雨衣", today)
    ]
    with refused("person_unknown"):
        commands.equip(session, actor, thing(username="nobody"))
    with refused("day_out_of_range"):
        commands.equip(session, actor, thing(issued_on=today + timedelta(days=1)))
    with refused("not_allowed"):
        commands.equip(session, acts.holder("town"), thing())


def test_praise_is_proposed_below_and_decided_by_somebody_else(session, acts, world) -> None:
    made = commands.propose(session, acts.holder("village"), praise())
    county = acts.holder("county")
    with refused("not_allowed"):
        commands.decide(session, acts.holder("town"), made.id, GRANTED)
    with refused("reason_needed"):
        commands.decide(session, county, made.id, {**GRANTED, "document_no": ""})
    commands.decide(session, county, made.id, GRANTED)
    with refused("already_decided"):
        commands.decide(session, county, made.id, GRANTED)
    own = commands.propose(session, county, praise("unit", unit_id=world.areas["village"]))
    with refused("own_record"):
        commands.decide(session, county, own.id, GRANTED)
    record = queries.achievement_of(session, session.get_one(Person, world.people["worker"]))
    assert [one["document_no"] for one in record["commendations"]] == ["示〔2026〕70号"]
    assert not decision_may_be("declined", None, "", False) and decision_may_be("declined", None, "先例不足", False)


def test_a_resident_is_masked_in_the_list(session, acts) -> None:
    commands.propose(session, acts.holder("town"), praise("resident", resident="沈阿姨"))
    assert queries.commendations_for(session, acts.holder("town"))[0]["name"] == "沈**" == masked("沈阿姨")
    with refused("invalid"):
        commands.propose(session, acts.holder("town"), praise("resident"))
    with refused("unit_unknown"):
        commands.propose(session, acts.holder("village"), praise("unit", unit_id=new_id()))
    assert queries.commendations_for(session, acts.holder("village")) == []


def test_helpers_are_written_down_in_the_own_grids(app, world) -> None:
    add_strangers(app, world)
    told = {
        "id": str(new_id()), "grid_id": str(world.areas["grid"]), "kind": "volunteer", "name": "钱大姐",
        "helps_with": "平安宣传", "from_day": clock.today().isoformat(),
    }  # fmt: skip
    own, stranger = at_desk(app, "village"), at_desk(app, "village_b")
    assert stranger.form("/office/helpers", **told).status_code == 422
    assert own.form("/office/helpers", **told).status_code == 303
    assert "钱大姐" in own.client.get("/office/helpers").text
    assert "钱大姐" not in stranger.client.get("/office/helpers").text
    assert stranger.form(f"/office/helpers/{told['id']}/end").status_code == 404
    assert own.form(f"/office/helpers/{told['id']}/end").status_code == 303
    assert own.form("/office/helpers", **{**told, "id": str(new_id()), "last_day": "2020-01-01"}).status_code == 422


def test_a_record_is_made_out_with_consent_alone_and_its_signature_holds(app, world) -> None:
    worker, town = signed_in(app, "worker"), at_desk(app, "town")
    path = f"{RECORDS}/{world.people['worker']}"
    assert 'href="/my-record"' in worker.client.get("/office").text
    assert town.client.get(path).status_code == 403
    assert town.client.get(f"{RECORDS}?username=worker").status_code == 403
    assert worker.form("/my-record", consent="yes").status_code == 303
    assert worker.form("/my-record", consent="yes").status_code == 303
    assert town.client.get(f"{RECORDS}?username=worker").headers["Location"] == path
    assert "张worker" in town.client.get(path).text or "worker" in town.client.get(path).text
    told = town.client.get(f"{path}.json").json
    with app.app_context():
        assert signing.is_genuine(told)
        assert not signing.is_genuine({**told, "name": "别人"})
        assert not signing.is_genuine({"name": "x"}) and not signing.is_genuine({**told, "signature": {}})
    keys = Browser(app).client.get("/keys/records.json").json["keys"]
    assert told["signature"]["public_key"] in {one["public_key"] for one in keys}
    assert worker.form("/my-record", consent="no").status_code == 303
    assert town.client.get(f"{path}.json").status_code == 403
    assert signed_in(app, "worker").client.get("/my-record.json").json["name"] == told["name"]


def test_the_record_of_somebody_elsewhere_is_not_there(app, world) -> None:
    add_strangers(app, world)
    signed_in(app, "worker").form("/my-record", consent="yes")
    for username in ("town_b", "county_b"):
        desk = at_desk(app, username)
        assert desk.client.get(f"{RECORDS}/{world.people['worker']}").status_code == 404
        assert desk.client.get(f"{RECORDS}/{world.people['worker']}.json").status_code == 404
        assert desk.client.get(f"{RECORDS}?username=worker").status_code == 422
