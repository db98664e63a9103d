"""The same form twice at the same moment is one row; two who change a county's list at once follow each other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import drafting
from server.matters.models import ListVersion, MatterSupport
from server.people.queries import holder_of
from server.workforce.models import Commendation, Course, Cover, Equipment, Helper
from tests.builders import at_desk, writing
from tests.county import looking
from tests.matters.lists import NEW, draft_of, in_days
from tests.sync.test_two_desks_at_once import form_twice, while_one_is_made

TODAY = clock.today().isoformat()
FORMS = (
    (Cover, "town", "/office/covers", {"username": "worker", "kind": "pension", "from_day": TODAY}),
    (Equipment, "county", "/office/equipment", {"username": "worker", "thing": "雨衣", "issued_on": TODAY}),
    (Course, "county", "/office/training", {"kind": "course", "title": "x", "day": TODAY}),
    (Commendation, "town", "/office/commendations", {"of_what": "resident", "resident": "x", "words": "x"}),
    (Helper, "town", "/office/helpers", {"kind": "volunteer", "name": "x", "helps_with": "x", "from_day": TODAY}),
    (MatterSupport, "county", "/office/matters/support/HAZ-01",
     {"department": "fire", "kind": "training", "day": TODAY, "words": "x"}),
)  # fmt: skip


@pytest.mark.parametrize("table, who, path, form", FORMS, ids=[one[0].__name__ for one in FORMS])
def test_a_form_sent_twice_at_once_is_one_row(app, world, table, who, path, form) -> None:
    told = {"id": str(new_id()), **form, **({"grid_id": str(world.areas["grid"])} if table is Helper else {})}
    assert form_twice(table, app, who, path, told, told) == [303, 303]
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1


def test_of_two_publications_at_once_one_counts(app, world) -> None:
    with writing(app) as session:
        draft = draft_of(session, holder_of(session, world.people["county"], clock.today()), NEW).id
    form = {"from_day": in_days(2).isoformat(), "list_document": "示1"}
    path = f"/office/matters/list/{draft}/publish"
    assert sorted(form_twice(ListVersion, app, "county", path, form, form)) == [303, 409]
    with looking(app) as session:
        assert session.scalars(sa.select(ListVersion.number).order_by(ListVersion.number)).all() == [1, 2]


def test_a_withdrawal_and_a_publication_at_once_are_two_versions_or_one_is_told_why(app, world) -> None:
    with writing(app) as session:
        actor = holder_of(session, world.people["county"], clock.today())
        draft = draft_of(session, actor, NEW).id
    gone = {"missing": "funds", "heard_on": TODAY, "reason": "x", "withdrawal_document": "示2"}
    gone |= {"from_day": in_days(3).isoformat()}
    one, other = at_desk(app, "county"), at_desk(app, "county")
    withdraw = "/office/matters/support/HAZ-02/withdraw"
    with while_one_is_made(ListVersion, lambda: other.form(withdraw, **gone).status_code) as came:
        published = one.form(
            f"/office/matters/list/{draft}/publish", from_day=in_days(2).isoformat(), list_document="示1"
        ).status_code
    assert [published, *came] == [303, 303]
    with looking(app) as session:
        assert len(session.scalars(sa.select(ListVersion)).all()) == 3
        assert drafting.open_draft(session, "330424") is None
