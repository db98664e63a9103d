"""An emergency: told with one tap, the grid's for ever, rings who leads it, and grows by what follows. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.duties.emergencies.rules import calls_in_order
from server.kernel import clock
from server.matters.models import Matter
from server.platform.db import transaction
from tests.sync.phone import Phone, emergency
from tests.world import World

SHA = "a" * 64


def mirrored(phone: Phone, told: dict[str, Any]) -> dict[str, Any]:
    """The record as this phone's pull gives it; empty when it does not."""
    return phone.pull().get("record", {}).get(told["id"], {})


def rung(phone: Phone) -> list[str]:
    return [row["kind"] for row in phone.pull().get("message", {}).values()]


def test_calls_stand_in_order_once_and_never_in_the_future() -> None:
    told = [{"number": "120", "at": 900}, {"number": "119", "at": 100}, {"number": "119", "at": 100}]
    assert calls_in_order(told, 500) == [{"number": "119", "at": 100}, {"number": "120", "at": 500}]
    assert calls_in_order([], 500) == []


def test_the_least_is_enough_and_the_leader_sees_what_was_called_and_when(app: Flask, world: World) -> None:
    worker, leader, other = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "leader2")
    told = emergency(world)
    assert worker.do("emergencies.report", told, lane="urgent")["outcome"] == "applied"
    row = mirrored(leader, told)
    assert (row["kind"], row["matter_code"], row["state"]) == ("emergency", "EMG-02", "closed")
    assert row["review"] == {"status": "none"} and row["body"]["calls"] == told["calls"]
    assert row["_stream"] == f"grid:{world.areas['grid']}"
    assert rung(leader) == ["emergency_reported"] and rung(other) == [] == rung(worker)


def test_what_follows_is_added_and_kept_in_the_history(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = emergency(world)
    worker.do("emergencies.report", told, lane="urgent")
    calls = [*told["calls"], {"number": "120", "at": clock.now()}]
    spot = {"lng": 120.915, "lat": 30.505, "accuracy_m": 9, "source": "fix"}
    changes = {"matter_code": "EMG-04", "calls": calls, "gas_smell": True, "note": "人已离开", "place": spot}
    changes["place_words"] = "3 幢楼下"
    assert worker.do("records.correct", {"id": told["id"], "changes": changes}, base_version=1)["outcome"] == "applied"
    row = mirrored(worker, told)
    assert row["matter_code"] == "EMG-04" and row["review"] == {"status": "none"}
    assert {name: row["body"][name] for name in changes if name != "matter_code"} == {
        name: value for name, value in changes.items() if name != "matter_code"
    }
    assert [step["step"] for step in row["history"]] == ["saved", "corrected"]


def test_two_phones_of_one_person_both_add_a_call(app: Flask, world: World) -> None:
    one, two = Phone(app, "worker"), Phone(app, "worker")
    told = emergency(world)
    one.do("emergencies.report", told, lane="urgent")
    for phone, number in ((one, "110"), (two, "120")):
        calls = [*told["calls"], {"number": number, "at": clock.now()}]
        done = phone.do("records.correct", {"id": told["id"], "changes": {"calls": calls}}, base_version=1)
        assert done["outcome"] == "applied", done
    assert sorted(call["number"] for call in mirrored(one, told)["body"]["calls"]) == ["110", "119", "120"]


def test_a_matter_that_takes_no_photo_refuses_one_named_before(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = emergency(world, photos=[{"sha256": SHA, "role": "scene"}])
    assert worker.do("emergencies.report", told, lane="urgent")["outcome"] == "applied"
    for changes, outcome in (({}, "refused"), ({"photos": []}, "applied")):
        payload = {"id": told["id"], "changes": {"matter_code": "EMG-04", **changes}}
        done = worker.do("records.correct", payload, base_version=1)
        assert done["outcome"] == outcome, done
        assert outcome == "applied" or done["problem"]["code"] == "photo_forbidden"
    assert mirrored(worker, told)["photos"] == []


def test_all_of_the_grid_hold_it_and_so_does_its_author_whatever_the_matter(app: Flask, world: World) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Matter).where(Matter.code == "EMG-04").values(data_class="S"))
    leader = Phone(app, "leader")
    for who, code in (("micro", "EMG-02"), ("worker2", "EMG-04"), ("micro", "EMG-04")):
        told = emergency(world, matter_code=code)
        author = Phone(app, who)
        done = author.do("emergencies.report", told, lane="urgent")
        assert done["outcome"] == "applied", (who, done)
        row = mirrored(leader, told)
        assert row["_stream"].partition(":")[0] == ("micro" if who == "micro" else "grid") and "team_id" not in row
        assert mirrored(author, told)["id"] == told["id"]
    assert len(rung(leader)) == 3


def test_a_micro_grid_leader_adds_to_an_own_one(app: Flask, world: World) -> None:
    micro, told = Phone(app, "micro"), emergency(world)
    micro.do("emergencies.report", told, lane="urgent")
    payload = {"id": told["id"], "changes": {"note": "已疏散"}}
    assert micro.do("records.correct", payload, base_version=0)["outcome"] == "applied"
    assert mirrored(Phone(app, "leader"), told)["body"]["note"] == "已疏散"


@pytest.mark.parametrize(
    "more, code",
    [
        ({"calls": [{"number": "999", "at": 1}]}, "invalid"),
        ({"calls": [{"number": "119", "at": -1}]}, "invalid"),
        ({"calls": [{"number": "119", "at": 1}] * 21}, "invalid"),
        ({"calls": {"number": "119"}}, "invalid"),
        ({"gas_smell": "yes"}, "invalid"),
        ({"illness": "x"}, "invalid"),
        ({"matter_code": "HAZ-01"}, "matter_wrong_duty"),
        ({"matter_code": "EMG-99"}, "matter_not_in_force"),
        ({"matter_code": "EMG-04", "photos": [{"sha256": SHA, "role": "scene"}]}, "photo_forbidden"),
        ({"place_id": "00000000-0000-7000-8000-000000000000"}, "place_elsewhere"),
        ({"place": {"source": "fix", "lng": 999, "lat": 1}}, "invalid"),
    ],
)
def test_what_is_wrong_is_refused_in_words(app: Flask, world: World, more: dict[str, Any], code: str) -> None:
    worker = Phone(app, "worker")
    done = worker.do("emergencies.report", emergency(world, **more), lane="urgent")
    assert (done["outcome"], done["problem"]["code"]) == ("refused", code), done
    assert done["problem"]["detail_zh"] and done["problem"]["detail_en"]


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"matter_code": "HAZ-01"}, "matter_wrong_duty"),
        ({"matter_code": "EMG-99"}, "matter_not_in_force"),
        ({"matter_code": None}, "invalid"),
        ({"calls": [{"number": "119"}]}, "invalid"),
        ({"place": {"lng": 120.9, "lat": 30.5}}, "invalid"),
        ({"photos": [{"role": "scene"}]}, "invalid"),
        ({"place_id": "00000000-0000-7000-8000-000000000000"}, "place_elsewhere"),
        ({"grid_id": "00000000-0000-7000-8000-000000000000"}, "field_not_allowed"),
    ],
)
def test_a_wrong_addition_changes_nothing(app: Flask, world: World, changes: dict[str, Any], code: str) -> None:
    worker, told = Phone(app, "worker"), emergency(world)
    worker.do("emergencies.report", told, lane="urgent")
    done = worker.do("records.correct", {"id": told["id"], "changes": changes}, base_version=1)
    assert (done["outcome"], done["problem"]["code"]) == ("refused", code), done
    assert mirrored(worker, told)["version"] == 1


def test_nobody_elses_is_added_to(app: Flask, world: World) -> None:
    told = emergency(world)
    Phone(app, "worker").do("emergencies.report", told, lane="urgent")
    done = Phone(app, "leader").do("records.correct", {"id": told["id"], "changes": {"note": "x"}}, base_version=1)
    assert done["problem"]["code"] == "not_allowed"
