"""Two desks, or one desk twice, at the same moment: each form counts once, nobody's setting is lost, nothing is a 5xx."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from server.callouts.models import Callout
from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import commands as matters
from server.matters import temporary
from server.matters.models import ListChange, TemporaryMatter
from server.matters.queries import policy
from server.people.queries import holder_of
from server.tasks.models import Task, TaskRequest
from tests.builders import at_desk, writing
from tests.county import looking
from tests.strangers import OTHER_COUNTY, add_strangers
from tests.sync.test_requests_of_departments import told as asked_for
from tests.sync.test_temporary_matters import provided
from tests.sync.test_temporary_matters import told as written_down
from tests.world import COUNTY, World


@contextmanager
def while_one_is_made(row: Any, act: Callable[[], Any]) -> Iterator[list[Any]]:
    """When the first row of a table is about to be written, somebody else tries ``act``; what comes of it is in the list."""
    came: list[Any] = []
    other = threading.Thread(target=lambda: came.append(act()))

    def begin(*_: Any) -> None:
        if other.ident is None:
            other.start()
            other.join(2)  # it ends here, unless it rightly waits for us

    event.listen(row, "init", begin)
    try:
        yield came
    finally:
        event.remove(row, "init", begin)
        other.join(30)


def form_twice(row: Any, app: Flask, who: str, path: str, first: dict[str, Any], second: dict[str, Any]) -> list[int]:
    one, other = at_desk(app, who), at_desk(app, who)
    with while_one_is_made(row, lambda: other.form(path, **second).status_code) as came:
        status = one.form(path, **first).status_code
    return [status, *came]


def test_what_a_department_asks_for_twice_at_once_is_one_request(app: Flask, world: World) -> None:
    form = asked_for(world)
    assert form_twice(TaskRequest, app, "dept", "/office/requests", form, form) == [303, 303]
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TaskRequest)) == 1


def test_tasks_given_twice_at_once_are_given_once(app: Flask, world: World) -> None:
    form = {"id": str(new_id()), "place": str(world.areas["village"]), "to": "workers", "matter_code": "HAZ-01"}
    form |= {"words": "查看楼道", "due_day": clock.today().isoformat()}
    assert form_twice(Task, app, "town", "/office/tasks", form, form) == [303, 303]
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Task)) == 4


def test_temporary_matters_written_down_at_once_have_a_code_each(app: Flask) -> None:
    provided(app)
    same = written_down()
    for first, second in ((same, same), (written_down(), written_down(name_zh="另一件"))):
        assert form_twice(TemporaryMatter, app, "county", "/office/temporary", first, second) == [303, 303]
    with looking(app) as session:
        codes = session.scalars(sa.select(TemporaryMatter.code).order_by(TemporaryMatter.code)).all()
    assert codes == ["TMP-01", "TMP-02", "TMP-03"]


def of_policy(app: Flask, name: str) -> Any:
    with looking(app) as session:
        return policy(session, name)


@pytest.mark.parametrize("name", ["temporary_matters", "gas_numbers"])
def test_what_two_counties_set_at_once_is_kept_for_both(app: Flask, world: World, name: str) -> None:
    add_strangers(app, world)
    with writing(app) as session:
        matters.seed_policies(session)  # as the first list of an installation does

    def set_for(who: str) -> None:
        with writing(app) as session:
            holder = holder_of(session, world.people[who], clock.today())
            if name == "gas_numbers":
                matters.set_gas_number(session, holder, holder.county_code, f"0573-{holder.county_code}")
            else:
                temporary.provide(session, holder, holder.county_code, 30)

    with while_one_is_made(ListChange, lambda: set_for("county_b")):
        set_for("county")
    assert set(of_policy(app, name)) == {COUNTY, OTHER_COUNTY}
    versions = changes(app)
    assert sorted(versions) == sorted(set(versions)), "each change has a version of its own"


def changes(app: Flask) -> list[tuple[Any, int]]:
    with looking(app) as session:
        return [tuple(row) for row in session.execute(sa.select(ListChange.object_id, ListChange.version))]


def test_an_area_is_called_out_once_by_two_desks_at_once(app: Flask, world: World) -> None:
    form = {"org_unit_id": str(world.areas["town"]), "reason": "台风", "hours": "4", "confirmed": "yes"}
    town, county = at_desk(app, "town"), at_desk(app, "county")
    with while_one_is_made(Callout, lambda: town.form("/office/callouts", **form).status_code) as came:
        came.append(county.form("/office/callouts", **form).status_code)
    assert sorted(came) == [303, 409]
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Callout)) == 1
