"""What happens at the server beside the phones: posts change, devices are revoked, sessions end, jobs run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.people import commands as people
from server.people.models import Appointment, Device, Team
from server.people.queries import holder_of
from server.platform import jobs
from tests.sync.sim.service import Service
from tests.world import World

JOBS = ("held", "reviews", "archive", "uploads", "photos")


class Office:
    """Acts of offices and of the worker process, each one transaction."""

    def __init__(self, service: Service, world: World) -> None:
        self.service = service
        self.world = world

    def do(self, what: str, luck: Random) -> bool:
        """Whether anything was done."""
        acts: dict[str, Callable[[Session, Random], bool]] = {
            "move": self._move, "leave": self._leave, "return": self._return, "sign_out_all": self._sign_out_all,
            "revoke": self._revoke, "team": self._team, "close_team": self._close_team,
        }  # fmt: skip
        if what == "jobs":
            return self._jobs(luck)
        with self.service.writing() as session:
            return acts[what](session, luck)

    def _posts(self, session: Session, username: str) -> list[Appointment]:
        today = clock.today()
        statement = sa.select(Appointment).where(
            Appointment.person_id == self.world.people[username],
            sa.or_(Appointment.to_day.is_(None), Appointment.to_day > today),
        )
        return list(session.scalars(statement.order_by(Appointment.id)))

    def _move(self, session: Session, luck: Random) -> bool:
        """A worker goes to the other grid."""
        username = luck.choice(("worker2", "worker3"))
        posts = self._posts(session, username)
        if not posts:
            return False
        here = posts[0].grid_id
        for post in posts:
            people.end_appointment(session, post.id, clock.today())
        there = "other_grid" if here == self.world.areas["grid"] else "grid"
        self._appoint(session, username, "full_time_worker", there)
        return True

    def _leave(self, session: Session, luck: Random) -> bool:
        posts = self._posts(session, "parttime")
        for post in posts:
            people.end_appointment(session, post.id, clock.today())
        return bool(posts)

    def _return(self, session: Session, luck: Random) -> bool:
        if self._posts(session, "parttime"):
            return False
        self._appoint(session, "parttime", "part_time_worker", luck.choice(("grid", "other_grid")))
        return True

    def _appoint(self, session: Session, username: str, role: str, grid: str) -> None:
        people.appoint(
            session,
            person_id=self.world.people[username],
            role=role,
            org_unit_id=self.world.areas["village"],
            grid_id=self.world.areas[grid],
            from_day=clock.today(),
        )

    def _sign_out_all(self, session: Session, luck: Random) -> bool:
        people.end_sessions(
            session, self.world.people[luck.choice(("worker", "worker2", "leader", "micro", "parttime"))]
        )
        return True

    def _revoke(self, session: Session, luck: Random) -> bool:
        """One of the devices in use is lost, says the security administrator."""
        found = list(session.scalars(sa.select(Device).where(Device.revoked_at.is_(None)).order_by(Device.id)))
        if not found:
            return False
        actor = holder_of(session, self.world.people["secadmin"], clock.today())
        people.revoke_device(session, actor, luck.choice(found).id)
        return True

    def _team(self, session: Session, luck: Random) -> bool:
        """A team is named: its members see its stream from now on."""
        names = luck.sample(("worker", "worker2", "leader", "parttime", "adviser"), 3)
        today = clock.today()
        town = holder_of(session, self.world.people["town"], today)
        members = {self.world.people[name]: (today - timedelta(days=1), None) for name in names}
        reviewer = self.world.people[names[0]]
        people.name_team(
            session,
            town,
            grid_id=self.world.areas["grid"],
            name="照护",
            purpose="care",
            members=members,
            reviewer_id=reviewer,
        )
        return True

    def _close_team(self, session: Session, luck: Random) -> bool:
        statement = sa.select(Team).where(Team.closed_on.is_(None), Team.id != self.world.team).order_by(Team.id)
        found = list(session.scalars(statement))
        if not found:
            return False
        town = holder_of(session, self.world.people["town"], clock.today())
        people.close_team(session, town, luck.choice(found).id, clock.today())
        return True

    def _jobs(self, luck: Random) -> bool:
        """One round of each job of the worker process."""
        with self.service.app.app_context():
            for job in jobs.sweepers():
                if job.name in JOBS:
                    job.round(clock.now())
        return True
