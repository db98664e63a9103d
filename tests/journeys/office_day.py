"""What happens on other phones meanwhile, told through their own door, so that every screen and page has rows to show."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

from server.areas.models import Grid, OrgUnit
from server.callouts import commands as callouts
from server.cases.commands import open_case, work
from server.cases.intake import take_in
from server.exchange import commands as exchange
from server.exchange.models import ExchangeNotice
from server.kernel import clock
from server.kernel.ids import new_id
from server.messages.commands import ring
from server.messages.delivering import round_
from server.messages.setting import add_channel
from server.people.commands import end_appointment
from server.people.models import Appointment, Person
from server.people.queries import holder_of
from server.photos.finish import take_in_bytes
from server.platform.db import db, transaction
from server.platform.jobs import Sweeper, Worker
from server.workforce import covers
from tests.exchange.systems import system
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.sync.phone import Phone, assigned, correction, hazard, outside_order
from tests.world import COUNTY, World, app_on, close


def fill_a_day(site: Site) -> None:
    """A leader's own record, a dispute, refusals, orders outside the list, quarantine, corrections asked for, what was announced,
    what was lost."""
    app = app_on(site.url, site.data_dir)
    world = _read_world(app)
    worker, leader, worker2, worker3 = (Phone(app, name) for name in ("worker", "leader", "worker2", "worker3"))
    shown = {"sha256": _kept_photo(app, world), "role": "scene"}
    leader.do("hazards.report", hazard(world, note="自己报的", place_words="后门", photos=[shown]))
    disputed = hazard(world)
    worker.do("hazards.report", disputed)
    back = {"record_id": disputed["id"], "reason": "unclear", "words": "请写明是几楼"}
    leader.do("approvals.return", back, base_version=1)
    worker.do("approvals.dispute", {"record_id": disputed["id"], "words": "已经写了"}, base_version=2)
    worker.do("hazards.report", hazard(world, matter_code="HAZ-99"))
    for ground in (1, 2):
        asked, refusal = assigned(world), str(new_id())
        leader.do("tasks.assign", asked)
        worker.do("tasks.refuse", {"id": refusal, "task_id": asked["id"], "ground": ground})
        worker.do("refusals.say", {"id": refusal, "words": "要由执法人员做"})
    for photos in ([shown], []):
        leader.do("orders.report", outside_order(photos=photos))
    for about in ("phone", "post"):
        worker.do("corrections.ask", correction(about))
    worker.push(waiting=[_promised(worker)])
    worker3.push(lost=[{"lane": "normal", "from": 1, "to": 2}])
    worker2.push()
    late = worker2.mutation("hazards.report", hazard(world))
    _end_posts(app, world, "worker2")
    worker2.push(late)
    _messages(app, world)
    _another_system(app, world)
    close(app)


def _messages(app: Flask, world: World) -> None:
    """Something urgent that reached no phone: it is on the call list; two lines in an inbox; and after that a channel."""
    with app.app_context(), transaction() as session:
        ring(session, world.people["worker"], "emergency_reported", at=clock.now(), urgent=True)
        for kind in ("case_duty_late", "case_handed"):
            ring(session, world.people["county"], kind, at=clock.now())
    Worker(app, []).sweep(Sweeper("deliveries", 1, round_))
    with app.app_context(), transaction() as session:
        admin = holder_of(session, world.people["sysadmin"], clock.today())
        add_channel(
            session, admin, unit_id=admin.posts[0].org_unit_id, kind="wecom", name="值班群",
            address="wecombot://keyofthegroup", per_minute=20, position=1, hosts=(),
        )  # fmt: skip


def _another_system(app: Flask, world: World) -> None:
    """A platform has fetched the cases; its webhook was told of something and did not answer."""
    with app.app_context(), transaction() as session:
        county = session.scalars(
            sa.select(OrgUnit).where(OrgUnit.kind == "county", OrgUnit.county_code == COUNTY)
        ).one()
        world.areas["county"] = county.id
    one = system(app, world, "cases", "records", "intake")
    one.rows("cases")
    with app.app_context(), transaction() as session:
        admin = holder_of(session, world.people["secadmin"], clock.today())
        hook, _ = exchange.add_hook(session, admin, one.token_id, "http://127.0.0.1:9/", ["records"], ("127.0.0.1",))
        told = {"id": new_id(), "hook_id": hook.id, "kind": "record", "object_id": new_id(), "version": 1, "tries": 2}
        told |= {"made_at": clock.now(), "state": "waiting", "due_at": clock.now() + clock.DAY_MS}
        session.add(ExchangeNotice(**told, outcome="unreachable"))


def case_to_verify(site: Site, record: str) -> None:
    """The town makes a case of a hazard; the department reports a result that the grid's leader is to verify."""
    app = app_on(site.url, site.data_dir)
    world = _read_world(app)
    with app.app_context(), transaction() as session:
        town, dept = (holder_of(session, world.people[name], clock.today()) for name in ("town", "dept"))
        case = open_case(session, town, UUID(record), level="L2", lead_unit=dept.posts[0].org_unit_id, grid_helps=True)
        work(session, dept, case.id, case.version, "suspended", "等产权单位来人")
        work(session, dept, case.id, case.version, "resumed")
        work(session, dept, case.id, case.version, "reported", "通道已清空")
    close(app)


def call_out(site: Site) -> None:
    """The county calls the town of ``worker``; a colleague needs help and says where they are."""
    app = app_on(site.url, site.data_dir)
    world = _read_world(app)
    with app.app_context(), transaction() as session:
        county, town = (holder_of(session, world.people[name], clock.today()) for name in ("county", "town"))
        made = callouts.open_callout(session, county, town.posts[0].org_unit_id, "台风登陆，请报平安", 4)
    told = {"id": str(new_id()), "callout_id": str(made.id), "kind": "need_help"}
    told["place"] = {"lng": 120.915, "lat": 30.505, "accuracy_m": 12}  # type: ignore[assignment]
    assert Phone(app, "parttime").do("callouts.answer", told)["outcome"] == "applied"
    close(app)


def call_taken_in(site: Site) -> None:
    """The town takes in a call: an open case."""
    app = app_on(site.url, site.data_dir)
    world = _read_world(app)
    told = {"about": "matter", "source": "telephone", "external_ref": "", "matter_code": "HAZ-06", "level": "L3"}
    told |= {"place_words": "", "told_words": "小区有燃气味"}
    with app.app_context(), transaction() as session:
        town = holder_of(session, world.people["town"], clock.today())
        take_in(session, town, {**told, "grid_id": world.areas["grid"], "given_day": None})
    close(app)


def end_call_outs(site: Site) -> None:
    app = app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        callouts.end_due(session, clock.now() + 5 * 3_600_000)
    close(app)


def meanwhile(site: Site, door: str) -> None:
    """A phone tells of a record of ``worker`` that it never brings; another changes the contact of the household at ``door``."""
    app = app_on(site.url, site.data_dir)
    wiped, other = Phone(app, "worker"), Phone(app, "worker2")
    wiped.push(waiting=[_promised(wiped)])
    household = next(row for row in other.pull()["household"].values() if row["door"] == door)
    change = {"id": household["id"], "changes": {"contact_name": "王新户主"}}
    done = other.do("households.save", change, base_version=household["version"])
    assert done["outcome"] == "applied", done
    close(app)


def miss_covers(site: Site) -> None:
    """Nobody is insured: whoever owes it is told, the workers see it on their phones."""
    app = app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        covers.alarm(session)
    close(app)


def _read_world(app: Flask) -> World:
    with app.app_context():
        people = {person.username: person.id for person in db.session.scalars(sa.select(Person))}
        grid = db.session.scalars(sa.select(Grid).order_by(Grid.code)).first()
        assert grid
        return World(people=people, areas={"grid": grid.id})


def _kept_photo(app: Flask, world: World) -> str:
    picture = camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 1200, 900)
    name = sha256(picture).hexdigest()
    with app.app_context():
        take_in_bytes(COUNTY, world.people["leader"], name, picture)
    return name


def _promised(phone: Phone) -> dict[str, object]:
    """A line of what is still to come from this phone."""
    told = {"lane": "normal", "seq": phone.seq["normal"] + 1, "id": str(new_id())}
    return {**told, "name": "hazards.report", "made_at": clock.now()}


def _end_posts(app: Flask, world: World, username: str) -> None:
    with app.app_context(), transaction() as session:
        posts = session.scalars(sa.select(Appointment).where(Appointment.person_id == world.people[username]))
        for post in posts:
            end_appointment(session, post.id, clock.today())
