"""Findings go when their time is over: words of a confirmed one, the whole of one that was not; a hold keeps either."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.findings.models import Finding, FindingEvidence, LegalHold
from server.kernel import clock
from server.platform.db import reading
from server.privacy import retention
from tests.builders import DAY, at_desk, signed_in, writing
from tests.findings.test_findings import DECISION, opened
from tests.privacy.conftest import set_figure
from tests.sync.phone import Phone, hazard
from tests.world import COUNTY

YEARS_5 = 1826


def decided(app: Any, world: Any, decision: str, record_id: str = "") -> UUID:
    path = opened(app, world)
    assert at_desk(app, "town").form(f"{path}/evidence", words="轨迹与记录不符", record_id=record_id).status_code == 303
    where = path.replace("/office/findings/", "/office/heard/finding/")
    assert signed_in(app, "worker").form(where, words="那天我在").status_code == 303
    told = {**DECISION, "decision": decision}
    assert at_desk(app, "county").form(f"{path}/decision", **told).status_code == 303
    return UUID(path.rsplit("/", 1)[1])


def due(app: Any, at: int) -> tuple[int, int]:
    with app.app_context(), reading() as session:
        trial = retention.try_out(session, COUNTY, at)["findings"]
        return trial.due, trial.held


def test_a_confirmed_finding_loses_its_words_and_any_other_goes_whole(app: Any, world: Any) -> None:
    confirmed, other = decided(app, world, "confirmed"), decided(app, world, "not_confirmed")
    still_open = UUID(opened(app, world).rsplit("/", 1)[1])
    ends = clock.now() + YEARS_5 * DAY
    with app.app_context():
        retention.run(ends + DAY)  # no document yet: nothing is deleted
    set_figure(app, world, "findings", YEARS_5)
    assert due(app, ends - DAY) == (0, 0) and due(app, ends) == (2, 0)
    with app.app_context():
        retention.run(ends)
    with writing(app) as session:
        left = {one.id: one for one in session.query(Finding)}
        assert set(left) == {confirmed, still_open} and other not in left
        kept = left[confirmed]
        assert (kept.words, kept.heard_words, kept.decision_words, kept.document_no) == ("", "", "", "示〔2026〕5号")
        assert left[still_open].words and not session.query(FindingEvidence).count()
    assert due(app, ends) == (0, 0)
    page = at_desk(app, "county").get(f"/office/findings/{confirmed}").text
    assert "内容已按保存期限删除" in page and "示〔2026〕5号" in page


def test_a_hold_on_what_it_rests_on_keeps_it(app: Any, world: Any) -> None:
    record = hazard(world)
    assert Phone(app, "worker").do("hazards.report", record)["outcome"] == "applied"
    kept, gone = decided(app, world, "not_confirmed", str(record["id"])), decided(app, world, "not_confirmed")
    set_figure(app, world, "findings", YEARS_5)
    hold = {"kind": "record", "object_id": str(record["id"]), "reason": "诉讼", "document_no": "示〔2026〕9号"}
    assert at_desk(app, "county").form("/office/holds", **hold).status_code == 303
    ends = clock.now() + YEARS_5 * DAY
    assert due(app, ends) == (2, 1)
    with app.app_context():
        retention.run(ends)
    with writing(app) as session:
        assert {one.id for one in session.query(Finding)} == {kept} and gone != kept
        [held] = session.query(LegalHold)
        held.lifted_at, held.lifted_document = clock.now(), "示〔2026〕10号"
    with app.app_context():
        retention.run(ends + DAY)
    with writing(app) as session:
        assert not session.query(Finding).count() and session.query(LegalHold).count() == 1
