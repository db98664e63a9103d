"""The way through every screen of the phone app, as people meet them on one shared phone: worker, leader, adviser, town.

Each part yields ``(name of the screen, source file of the sheet over it or None)`` while that screen is open.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.office_day import call_out, case_to_verify, end_call_outs, meanwhile, miss_covers
from tests.journeys.rounds_forms import Forms
from tests.journeys.rounds_hands import RETIRED, Stops
from tests.journeys.rounds_scores import score_screens
from tests.journeys.steps import put_away

IN_THE_GRID = {"latitude": 30.505, "longitude": 120.915}
CHANGED = "横港路3号"
NOWHERE = "00000000-0000-7000-8000-000000000000"
UPGRADED_ELSEWHERE = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open('gridwalk-phone', 99);
  request.onsuccess = () => { request.result.close(); resolve(); };
  request.onerror = () => reject(request.error);
})"""


class Rounds(Forms):
    """One phone, walked through from the first start to an office account on it."""

    def all(self) -> Stops:
        yield from self.at_the_door()
        yield from self.first_day()
        yield from self.hazard_form()
        yield from self.visit_form()
        yield from self.emergency_form()
        yield from self.information_form()
        yield from self.publicity_form()
        yield from self.mediation_form()
        yield from self.patrol()
        yield from self.in_a_cellar()
        yield from self.two_names()
        yield from self.delivered()
        yield from self.leader()
        yield from self.worker_again()
        yield from self.adviser_and_office()
        yield from self.new_version()
        yield from self.does_not_open()

    def at_the_door(self) -> Stops:
        phone = self.phone
        phone.open()
        expect(phone.find("sign-in-name")).to_be_visible()
        yield "sign-in", None
        phone.tap("sign-in-submit")
        expect(phone.page.get_by_role("alert")).to_be_visible()
        yield "sign-in, something missing", None
        phone.tap("reset-open")
        phone.tap("reset-submit")
        yield "new password", "reset_sheet"
        self.close_sheet()
        self.go("notice")
        yield "what is collected, before sign-in", None
        self.go("sign-in")
        phone.tap("large-text-no")

    def first_day(self) -> Stops:
        phone = self.phone
        miss_covers(self.site)
        self.sign_in("worker")
        phone.await_offline_ready()
        expect(phone.find("visit-due").first).to_be_visible()
        yield "today, first time", None
        phone.tap("notice-ok")
        phone.tap("person-switch")
        yield "whose phone", "person_sheet"
        self.close_sheet()
        phone.tap("sync-chip")
        yield "outbox, empty", "outbox_sheet"
        self.close_sheet()
        for tab in ("tasks", "log", "records"):
            phone.tap(f"tab-{tab}")
            self.await_tab(tab)
            yield f"{tab}, nothing yet", None
        self.go("today")
        phone.tap("today-map")
        phone.tap("map-own")
        expect(phone.find("own-dot")).to_be_visible()
        yield "map of a worker, own dot", None
        phone.tap("back")
        phone.tap("tab-me")
        phone.tap("remove-person")
        yield "me, asked whether to remove", None
        phone.tap("me-data")
        expect(phone.find("my-looks")).to_be_visible()
        expect(phone.find("cover", state="lacking")).to_have_count(7)
        yield "my data", None
        phone.tap("correction-ask")
        phone.tap("correction-send")
        yield "correction request, something missing", "correction_sheet"
        phone.tap("correction-post")
        phone.find("correction-words").fill("岗位写成了兼职")
        phone.tap("correction-send")
        expect(phone.find("correction-row")).to_be_visible()
        yield "my data, a correction asked for", None
        self.go("me/badge")
        expect(phone.find("badge-status", status="none")).to_be_visible()
        yield "work badge, none", None
        phone.tap("badge-check")
        phone.find("badge-words").fill("x")
        phone.tap("badge-judge")
        expect(phone.find("badge-verdict", answer="unreadable")).to_be_visible()
        yield "check of a colleague, unreadable", None
        self.go("fixes")
        yield "own fixes, none", None
        self.go("notice")
        yield "what is collected", None
        for path in ("record", "correct", "edit"):
            self.go(f"{path}/{NOWHERE}")
            expect(phone.page.locator(".empty")).to_be_visible()
            yield f"{path} of something that is not here", None

    def in_a_cellar(self) -> Stops:
        """Without a network: what waits, and what the server will refuse."""
        phone = self.phone
        phone.wait_until_sent()
        phone.go_offline()
        self.log_hazard(RETIRED)
        phone.tap("sync-chip")
        expect(phone.find("outbox-row").first).to_be_visible()
        yield "outbox, offline", "outbox_sheet"
        self.close_sheet()
        self.go("records")
        expect(phone.find("record-row", delivery="saved").first).to_be_visible()
        yield "records, unsent", None
        self.go("me")
        yield "me, unsent", None
        self.write("UPDATE matter SET to_day = '2026-01-02' WHERE code = :code", code=RETIRED)
        phone.go_online()
        phone.find("sync-chip").first.and_(phone.page.locator('[data-refused="1"]')).wait_for()
        self.go("today")
        row = phone.find("record-row", delivery="refused").first
        expect(row).to_be_visible()
        yield "today, one refused", None
        phone.tap(row)
        expect(phone.find("record-edit")).to_be_visible()
        yield "record, refused", None
        phone.tap("record-edit")
        expect(phone.find("save")).to_be_visible()
        yield "refused record, open again", None
        self.go("today")
        phone.tap("sync-chip")
        phone.tap("outbox-dismiss")
        yield "outbox, one refused", "outbox_sheet"
        phone.tap("outbox-dismiss-sure")
        self.close_sheet()
        phone.wait_until_sent()

    def two_names(self) -> Stops:
        """The same household changed here and elsewhere; and another phone tells of a record that it never brings."""
        phone = self.phone
        phone.go_offline()
        self.go("log")
        phone.tap("duty-visits")
        phone.find("household-search").fill(CHANGED)
        expect(phone.find("household-row")).to_have_count(1)
        phone.tap("household-row")
        phone.tap("household-change")
        phone.find("household-contact").fill("李新户主")
        phone.tap("household-save")
        expect(phone.page.locator("dialog[open]")).to_have_count(0)
        self.go("today")
        meanwhile(self.site, CHANGED)
        phone.go_online()
        phone.tap("sync-chip")
        expect(phone.find("conflict-mine")).to_be_visible()
        yield "outbox, two names for one household", "outbox_sheet"
        phone.tap("conflict-theirs")
        self.close_sheet()
        phone.wait_until_sent()
        self.go("records")
        expect(phone.find("announced")).to_be_visible()

    def delivered(self) -> Stops:
        phone = self.phone
        expect(phone.find("record-row", delivery="delivered").first).to_be_visible()
        yield "records, and one told of that never came", None
        for name in ("hazard", "visit", "information", "publicity", "mediation"):
            record = getattr(self, name)
            self.go(f"record/{record}")
            expect(phone.find("record-page", delivery="delivered")).to_be_visible()
            yield f"record of a {name}", None
        self.go(f"record/{self.mediation}")
        phone.tap("parties-show")
        yield "record of a mediation, parties shown", None
        phone.tap("mediation-go-on")
        expect(phone.find("outcome-open")).to_be_visible()
        phone.tap("save")
        yield "a mediation goes on, words missing", None
        self.go(f"record/{self.hazard}")
        phone.tap("relook-open")
        phone.tap("save")
        yield "re-look, outcome missing", None
        phone.tap("sync-chip")
        phone.tap(phone.page.locator("dialog summary"))
        yield "outbox, delivered", "outbox_sheet"
        self.close_sheet()

    def leader(self) -> Stops:
        phone = self.phone
        self.change_person("leader")
        expect(phone.find("emergency-alarm", id=self.emergency)).to_be_visible()
        yield "approvals, an emergency above them", None
        phone.tap("emergency-seen")
        expect(phone.find("emergency-alarm")).to_have_count(0)
        for _ in range(20):
            expect(phone.find("approval-card").first).to_be_visible()
            front = phone.find("approval-card").first.get_attribute("data-id")
            if front == self.hazard:
                break
            phone.tap("approval-later")
            expect(phone.find("approval-card", id=str(front))).to_have_count(0)
        phone.expect_photos(1)
        yield "approvals", None
        phone.tap(phone.page.locator('figure [data-testid="photo-open"]'))
        expect(phone.page.locator("dialog[open] img")).to_be_visible()
        yield "approvals, the photo opened", "photo"
        self.close_sheet()
        phone.tap("batch")
        yield "approve several", "batch_sheet"
        self.close_sheet()
        phone.tap("return")
        phone.tap("return-confirm")
        yield "return, reason missing", "return_sheet"
        phone.tap("return-reason-1")
        phone.tap("return-confirm")
        expect(phone.find("approval-card", id=self.hazard)).to_have_count(0)
        yield "approvals, undo offered", None
        phone.tap("tab-map")
        phone.tap("map-as-map")
        yield "map", None
        phone.tap("map-as-list")
        yield "map as a list", None
        for tab in ("dispatch", "team", "me"):
            phone.tap(f"tab-{tab}")
            self.await_tab(tab)
            yield f"leader's {tab}", None
        yield from self.dispatch()
        yield from self.for_a_colleague()
        yield from self.a_case()
        yield from self.called_out()
        self.go("approvals")
        while phone.find("approval-card").count():
            front = phone.find("approval-card").first.get_attribute("data-id")
            phone.tap("approve")
            expect(phone.find("approval-card", id=str(front))).to_have_count(0)
        yield "approvals, all done", None
        phone.wait_until_sent()

    def a_case(self) -> Stops:
        """What became of a hazard, with a result to verify."""
        phone = self.phone
        case_to_verify(self.site, self.hazard)
        phone.page.reload()
        self.go(f"record/{self.hazard}")
        expect(phone.find("case-settled")).to_be_visible()
        yield "record with a case to verify", None
        phone.tap("case-not-settled")
        phone.tap("case-send-back")
        yield "result sent back, words missing", "case_part"
        phone.find("case-words").fill("通道里还有一辆电动车")
        phone.tap("case-send-back")
        expect(phone.find("case", state="in_progress")).to_be_visible()
        yield "record with a case under way", None

    def called_out(self) -> Stops:
        """Emergency mode, as whoever leads a grid meets it."""
        phone = self.phone
        call_out(self.site)
        phone.page.reload()
        self.go("team")
        expect(phone.find("callout-strip", answer="none")).to_be_visible()
        yield "team, a call-out above it", None
        phone.tap("callout-strip")
        expect(phone.find("callout-help-list").locator("li")).to_have_count(1)
        yield "call-out, not answered, and the own grids", "callout_sheet"
        phone.tap("callout-safe")
        expect(phone.find("callout-mine", delivery="delivered")).to_be_visible()
        yield "call-out, answered", "callout_sheet"
        self.close_sheet()
        yield "team, a call-out that was answered", None
        end_call_outs(self.site)
        phone.page.reload()
        expect(phone.find("callout-strip")).to_have_count(0)

    def dispatch(self) -> Stops:
        """A task is assigned: what is missing, then what it looks like to whoever gave it."""
        phone = self.phone
        self.go("dispatch")
        phone.tap("dispatch-send")
        yield "assign, everything missing", None
        phone.tap(phone.find("dispatch-matter").locator('[data-testid^="matter-HAZ"]'))
        phone.find("dispatch-words").fill("请看一下幼儿园门口的电线")
        phone.tap(phone.find("dispatch-person").filter(has_text="张worker").filter(has_not_text="worker2"))
        phone.tap("dispatch-send")
        expect(phone.find("task-row").first).to_be_visible()
        phone.wait_until_sent()
        yield "assign, one given", None
        phone.tap(phone.find("task-row").first)
        expect(phone.find("task-withdraw")).to_be_visible()
        yield "task, seen by who gave it", None
        phone.tap("task-set-due")
        yield "task, another day", "task_sheets"
        self.close_sheet()

    def tasks(self) -> Stops:
        phone = self.phone
        self.go("today")
        expect(phone.find("task-row").first).to_be_visible()
        yield "today, a task", None
        phone.tap(phone.find("task-row").first)
        phone.tap("task-accept")
        expect(phone.find("task-finish")).to_be_visible()
        yield "task, accepted", None
        phone.tap("task-finish")
        expect(phone.find("finish-sheet")).to_be_visible()
        yield "task, which record", "task"
        self.close_sheet()
        phone.tap("task-hand-back")
        yield "task, handing back", "task_sheets"
        self.close_sheet()
        phone.tap("task-refuse")
        yield "task, three grounds", "task_sheets"
        phone.tap("refuse-ground-1")
        expect(phone.find("refuse-confirm")).to_be_visible()
        yield "task, refused", "task_sheets"
        phone.tap("refuse-confirm")
        expect(phone.find("refusal-said")).to_be_visible()
        yield "task, waits for a ruling", None
        self.go("tasks")
        yield "tasks, one refused", None
        yield from self.outside_the_list()

    def outside_the_list(self) -> Stops:
        phone = self.phone
        phone.tap("outside-open")
        phone.tap("outside-ground-2")
        yield "order outside the list, everything missing", None
        phone.find("outside-giver").fill("某主任口头通知")
        phone.find("outside-words").fill("去收停车罚款")
        expect(phone.find("draft-drop")).to_be_visible()
        yield "order outside the list", None
        phone.tap("outside-ground-2")
        expect(phone.find("outside-row")).to_be_visible()
        yield "tasks, an order outside the list told", None

    def for_a_colleague(self) -> Stops:
        phone = self.phone
        self.go("team")
        colleague = phone.find("team-row").filter(has_text="张worker").filter(has_not_text="worker2").first
        phone.tap(colleague.locator("[data-testid=colleague]"))
        yield "one of the team", "colleague_sheet"
        phone.tap("away-tell")
        phone.tap("away-other")
        phone.tap("away-save")
        yield "days off duty, kind missing", "away_sheet"
        self.close_sheet()
        phone.tap(colleague.locator("[data-testid=colleague]"))
        phone.tap("behalf-hazard")
        expect(phone.find("behalf-line")).to_be_visible()
        phone.tap("behalf-day-1")
        phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]'))
        expect(phone.find("note")).to_be_visible()
        yield "hazard entered for a colleague", None
        phone.tap("save")
        expect(phone.find("approvals-left")).to_be_visible()
        phone.wait_until_sent()

    def off_duty(self) -> Stops:
        phone = self.phone
        self.go("me")
        phone.tap("away-tell")
        phone.tap("away-sick")
        phone.tap(phone.find("away-stand-in").filter(has_text="parttime"))
        phone.tap("away-save")
        expect(phone.find("away-row")).to_be_visible()
        yield "me, off duty", None
        self.go("today")
        expect(phone.find("today-away")).to_be_visible()
        yield "today, off duty", None
        phone.wait_until_sent()

    def worker_again(self) -> Stops:
        """Back to the first person, whose session in the browser is another's by now."""
        phone = self.phone
        self.go("me")
        phone.tap("person-switch")
        yield "whose phone, two people", "person_sheet"
        phone.tap("person-row", username="worker")
        expect(phone.find("sign-in-again")).to_be_visible()
        self.go("today")
        yield "today, signed out", None
        phone.tap("sign-in-again")
        expect(phone.find("sign-in-name")).to_have_value("worker")
        yield "sign-in, people known here", None
        self.sign_in("worker")
        expect(phone.find("confirm-row")).to_be_visible()
        yield "today, a record to confirm", None
        phone.tap("confirm-mine")
        expect(phone.find("confirm-row")).to_have_count(0)
        phone.tap(phone.find("record-row", review="returned").first)
        expect(phone.find("correct")).to_be_visible()
        yield "record, returned", None
        phone.tap("correct")
        expect(phone.find("draft-drop")).to_be_visible()
        yield "correction of a hazard", None
        self.go(f"record/{self.hazard}")
        phone.tap("dispute")
        yield "dispute", "dispute_sheet"
        phone.tap("dispute-confirm")
        expect(phone.page.locator("dialog[open]")).to_have_count(0)
        yield "record, disputed", None
        yield from self.tasks()
        yield from self.off_duty()
        phone.wait_until_sent()
        yield from score_screens(phone, self.site)
        yield from self.older_ones()

    def older_ones(self) -> Stops:
        """What has left the phone, read online."""
        phone = self.phone
        put_away(self.site, self.publicity)
        self.go("records")
        phone.tap("older-read")
        expect(phone.find("older-row")).to_have_count(1)
        yield "records, older ones", None
        phone.tap("older-row")
        yield "an older record", "older"
        self.close_sheet()

    def adviser_and_office(self) -> Stops:
        phone = self.phone
        self.change_person("adviser")
        phone.tap("rule")
        yield "a dispute to decide", "rule_sheet"
        self.close_sheet()
        self.go(f"record/{self.hazard}")
        phone.tap("comment")
        phone.tap("comment-send")
        yield "comment, words missing", "comment_sheet"
        phone.find("comment-words").fill("请带上消防宣传单")
        phone.tap("comment-send")
        expect(phone.page.locator("dialog[open]")).to_have_count(0)
        yield "record with an adviser's comment", None
        self.change_person("town")
        yield "an office account on the phone", None

    def new_version(self) -> Stops:
        phone = self.phone
        self.change_person("micro")
        phone.page.reload()  # from here on the page is the service worker's
        phone.link.appended["/sw.js"] = b"\n/* a newer version */\n"
        phone.page.evaluate("() => navigator.serviceWorker.getRegistration('/').then((worker) => worker.update())")
        expect(phone.page.locator("main > .note-line button")).to_be_visible()
        yield "today of a micro-grid leader, a new version waits", None

    def does_not_open(self) -> Stops:
        """An old page over a database that a newer one has upgraded."""
        phone = self.phone
        phone.page.evaluate(UPGRADED_ELSEWHERE)
        phone.page.reload()
        expect(phone.find("broken")).to_be_visible()
        yield "what is kept here does not open", None
