"""A few mediations of ``worker``, seen by ``leader`` and nobody else: one kept, one to be asked about today, one under way."""

from __future__ import annotations

from datetime import date, timedelta

from server.demo.county import DemoGrid
from server.demo.history import History, clock_given_back, day_after, envelope_of
from server.demo.names import WORDS, Names
from server.duties.mediations import commands as mediations
from server.duties.mediations.rules import SETTLED
from server.duties.mediations.schemas import StepTold
from server.kernel.ids import new_id

DAYS_AGO = (11, 7, 5, 4, 2)  # one for each of the told ones
RETURN_DAYS = 7
UNREVIEWED = 1


class Mediations(History):
    """Has a seed of its own, so that nothing else of the demo moves."""

    def tell_mediations(self, grid: DemoGrid, today: date) -> None:
        with clock_given_back():
            for number, (back, words) in enumerate(zip(DAYS_AGO, WORDS["mediations"], strict=True)):
                self._mediation(grid, today - timedelta(days=back), words, number)

    def _mediation(self, grid: DemoGrid, day: date, words: dict[str, object], number: int) -> None:
        worker, leader = (self._staff.people[name] for name in ("worker", "leader"))
        is_settled = words["outcome"] in SETTLED
        told = {**envelope_of(grid), **words, "revisit_on": day_after(day, RETURN_DAYS) if is_settled else None}
        if "unsuited" not in words:
            told["parties"] = [self._party(part) for part in ("applicant", "other")]
        found = self._report(worker, day, 15 * 60, "mediation", told)
        if number < len(DAYS_AGO) - UNREVIEWED:
            self._decide("approve", leader, day, found, minute=19 * 60)
        if number == 0:
            step = StepTold().load({"id": str(new_id()), "mediation_id": str(found.id), "kept": True})
            mediations.step(self._session, self._act(worker, day + timedelta(days=RETURN_DAYS), 10 * 60), step)

    def _party(self, part: str) -> dict[str, str]:
        names = Names(self._random)
        return {"id": str(new_id()), "name": names.person(), "phone": names.phone(), "part": part}
