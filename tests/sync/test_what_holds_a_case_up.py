"""What must not hold a case up: a forgotten suspension, a late answer, an order of nobody; and where else cases come from."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from server.cases import following
from server.kernel import clock
from server.people.models import Appointment
from server.platform.db import transaction
from server.platform.worktime import HOUR_MS, Term, due_at
from tests.builders import at_desk
from tests.sync.phone import Phone
from tests.sync.test_case_loop import LEVEL_DAYS, kept, later, made, taken_in
from tests.sync.test_cases import rings, take
from tests.world import World


def test_a_suspended_case_is_handed_on_by_whoever_holds_its_level(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    assert take(at_desk(app, "dept"), app, case, "suspended", words="等配件") == 303
    assert kept(app, case).due_at is None
    assert take(at_desk(app, "village"), app, case, "handed_up", words="等不起") == 403
    with later(50 * HOUR_MS):
        assert take(at_desk(app, "town"), app, case, "handed_up", words="等不起，请县里办") == 303
    now = kept(app, case)
    assert (now.state, now.level, now.lead_unit) == ("accepted", "L4", None)
    assert now.due_at == due_at(Term("days", LEVEL_DAYS["L4"]), now.term_from, [], ())


def test_a_late_answer_rings_whoever_asked_and_whoever_is_to_answer_once(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    assert take(at_desk(app, "dept"), app, case, "not_ours", words="不归我们") == 303

    def swept() -> int:
        with app.app_context(), transaction() as session:
            return following.tell_late_answers(session, clock.now())

    assert swept() == 0
    with later(24 * 14 * HOUR_MS):
        assert (swept(), swept()) == (1, 0)
        assert "case_duty_late" in rings(Phone(app, "dept")) and "case_duty_late" in rings(Phone(app, "county"))
        assert "case_duty_late" not in rings(Phone(app, "town"))
        assert take(at_desk(app, "county"), app, case, "duty_stays", words="仍归你们") == 303
        assert swept() == 0


def test_a_residents_request_and_what_a_mediation_asks_for_become_cases(app: Flask, world: World) -> None:
    for source, name in (("resident", "居民求助"), ("mediation", "调解中提出")):
        case = taken_in(app, world, source=source, external_ref="")
        assert name in at_desk(app, "town").get(f"/office/cases/{case}").text
        assert kept(app, case).record_id is None and "case" not in Phone(app, "worker").pull()


def test_an_order_of_a_department_in_which_nobody_is_left_holds_up_no_result(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    by_day = clock.today().isoformat()
    assert take(at_desk(app, "dept"), app, case, "ordered", order_no="1", ordered_rectify_by=by_day) == 303
    assert take(at_desk(app, "town"), app, case, "assigned", unit_id=str(world.areas["village"])) == 303
    assert take(at_desk(app, "village"), app, case, "reported", words="已办好") == 409
    with app.app_context(), transaction() as session:
        in_it = Appointment.org_unit_id == world.areas["dept"]
        session.execute(sa.update(Appointment).where(in_it).values(to_day=clock.today()))
    assert take(at_desk(app, "village"), app, case, "reported", words="已办好") == 303
