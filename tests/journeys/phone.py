"""One phone: real Chromium at 390×844 with a profile that outlives it, and the hands of whoever holds it.

Taps are counted. ``profile`` is the phone's storage: ``kill`` is a battery that dies, ``start`` finds everything again.
"""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, expect

from tests.browser import PHONE, launch_options
from tests.journeys.link import Link

TAP_GAP_MS = 600  # of an act: until it is done, and 400 ms longer
ACTS = ("save", "patrol-finish", "approve", "return", "return-confirm")  # one may stand where another stood
RECENTLY_S = 5  # a busy machine may see a tap that late
SPOT_PX = 48  # a little wider than what the app takes for one spot
PATIENCE_MS = 60_000  # two cores, shared with the rest of the suite
KEEPSAFE = (Path(__file__).parent / "keepsafe.js").read_text()
IS_PAINTED = "image => image.complete && image.naturalWidth > 0"


class Phone:
    """A browser, its line, and what a person does with them."""

    def __init__(self, playwright: Playwright, profile: Path, link: Link, shots: Path) -> None:
        self.playwright = playwright
        self.profile = profile
        self.link = link
        self.shots = shots
        self.taps = 0
        self._shot = 0
        self._tapped: dict[str, float] = {}
        self._spot = (-1000.0, -1000.0)
        self._context: BrowserContext | None = None
        self.page: Page = None  # type: ignore[assignment]  # there from ``start`` on
        self.troubles: list[str] = []
        self.said: deque[str] = deque(maxlen=30)  # what the console and the network said last

    # — the machine —

    def start(self, offline: bool = False) -> None:
        """Switch on. ``offline``: out of coverage from the first moment."""
        if offline:
            self.link.cut()
        self._context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True, is_mobile=True,
            device_scale_factor=1, offline=offline, **launch_options("--remote-debugging-port=0"),
        )  # fmt: skip
        self._context.set_default_timeout(PATIENCE_MS)
        self.page = self._watched(self._context.pages[0])

    def another_tab(self) -> Page:
        assert self._context
        return self._watched(self._context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: self.said.append(message.text[:200]))
        page.on("response", lambda answer: self.said.append(f"{answer.request.method} {answer.url} {answer.status}"))
        page.on("requestfailed", lambda asked: self.said.append(f"{asked.method} {asked.url} {asked.failure}"))
        return page

    def last_words(self) -> str:
        """What stood on the screen and what was said before, for a red test on a machine that nobody sees."""
        try:
            screen = f"{self.page.url}\n{self.page.inner_text('body', timeout=2000)[:1500]}"
        except Error as error:
            screen = f"no screen: {error}"
        return "\n".join([f"— {self.profile.name}", *self.said, screen])

    def close(self) -> None:
        if self._context:
            with suppress(Error):  # it was killed
                self._context.close()
            self._context = None

    def kill(self) -> None:
        """SIGKILL of the whole process group, in the middle of whatever it does; afterwards nothing of it is left."""
        self.strike()
        until = time.monotonic() + 30
        while self.processes() and time.monotonic() < until:
            time.sleep(0.01)
        assert not self.processes(), "the browser outlived SIGKILL"
        self.close()

    def strike(self) -> None:
        """Only the SIGKILL; may come from another thread, while this one is in the middle of a tap."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.killpg(os.getpgid(pid), signal.SIGKILL)

    def processes(self) -> list[int]:
        """Main processes of browsers on this profile."""
        mark = f"--user-data-dir={self.profile}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                is_dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if mark in words and not is_dead and not any(word.startswith(b"--type=") for word in words):
                found.append(int(entry.name))
        return found

    def go_offline(self) -> None:
        assert self._context
        self.link.cut()
        self._context.set_offline(True)

    def go_online(self) -> None:
        assert self._context
        self.link.mend()
        self._context.set_offline(False)

    def shoot(self, name: str) -> None:
        """Keep what the person sees, for whoever looks at the journey later."""
        self._shot += 1
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.shots / f"{self._shot:02d}-{name}.png")

    def shoot_last(self) -> None:
        """What was on the screen when the journey ended, well or not."""
        with suppress(Error):
            if self._context:
                self.shoot("end")

    # — the hand —

    def find(self, testid: str, **attributes: str) -> Locator:
        """By ``data-testid`` and further ``data-…`` attributes; underscores stand for dashes."""
        more = "".join(f'[data-{name.replace("_", "-")}="{value}"]' for name, value in attributes.items())
        return self.page.locator(f'[data-testid="{testid}"]{more}')

    def tap(self, what: str | Locator, **attributes: str) -> None:
        target = self.find(what, **attributes) if isinstance(what, str) else what
        self._leave_a_gap("act" if what in ACTS else f"{what}{attributes}")
        self._look_first(target.first)
        target.first.tap()
        self.taps += 1

    def _leave_a_gap(self, name: str) -> None:
        """A second tap on the same thing, meant as one, comes later than what the app takes for a slip of the finger."""
        if time.monotonic() - self._tapped.get(name, 0) < RECENTLY_S:
            self.page.wait_for_timeout(TAP_GAP_MS)
        self._tapped[name] = time.monotonic()

    def _look_first(self, target: Locator) -> None:
        """What has come to stand where something else was tapped is tapped as by somebody who has seen it come."""
        target.wait_for()
        box = None
        with suppress(Error):  # drawn anew in that moment: the tap itself tries again
            target.scroll_into_view_if_needed()
            box = target.bounding_box()
        if not box:
            return
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before, self._spot = self._spot, (x, y)
        if math.hypot(before[0] - x, before[1] - y) <= SPOT_PX:
            self.page.wait_for_timeout(TAP_GAP_MS)

    def tap_twice(self, what: str | Locator, between_ms: int = 150) -> None:
        """A hand that shakes: two touches on one spot, whatever has come there in between."""
        target = self.find(what) if isinstance(what, str) else what
        self._look_first(target.first)
        assert target.first.is_visible()
        for _ in range(2):
            self.page.touchscreen.tap(*self._spot)
            self.page.wait_for_timeout(between_ms)

    def take_photos(self, pictures: Sequence[bytes], testid: str = "photo-input") -> None:
        """One tap on the camera button; what is tapped inside the camera is not the app's."""
        before = self.page.locator(".photos .photo").count()
        files: list[Any] = [
            {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
            for number, content in enumerate(pictures)
        ]
        self.find(testid).set_input_files(files)
        self.taps += 1
        expect(self.page.locator(".photos .photo")).to_have_count(before + len(pictures))

    @contextmanager
    def counting(self, most: int, what: str) -> Iterator[None]:
        """The taps inside must not be more than ``most``."""
        before = self.taps
        yield
        assert self.taps - before <= most, f"{what}: {self.taps - before} taps, {most} allowed"

    # — the way in —

    def open(self, path: str = "/app") -> None:
        self.page.goto(f"{self.link.url}{path}")

    def sign_in(self, username: str, password: str) -> None:
        self.open()
        self.find("sign-in-name").fill(username)
        self.find("sign-in-password").fill(password)
        self.tap("sign-in-submit")
        expect(self.find("person-switch")).to_be_visible()

    def await_offline_ready(self) -> None:
        """The service worker has every file of the app, and this page is its own."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")

    def await_piece(self, piece: str) -> None:
        """A piece of the app that only some phones need is kept on this one too."""
        self.page.wait_for_function(f"() => caches.match('/wanted/{piece}').then(Boolean)")

    def await_cookie_kept(self) -> None:
        """Chromium writes cookies to the disk up to 30 s late; a phone that dies before has to sign in again."""
        file = self.profile / "Default/Cookies"
        until = time.monotonic() + PATIENCE_MS / 1000
        while not self._has_cookie(file):
            assert time.monotonic() < until, "the session's cookie was never written"
            self.page.wait_for_timeout(200)

    def _has_cookie(self, file: Path) -> bool:
        if not file.exists():
            return False
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as cookies:
            return bool(cookies.execute("SELECT 1 FROM cookies WHERE name = 'gw_session'").fetchall())

    # — what the screen says —

    def wait_until_sent(self, timeout_ms: int = 120_000) -> None:
        expect(self.find("sync-chip", waiting="0").first).to_be_visible(timeout=timeout_ms)

    def waiting(self) -> int:
        return int(self.find("sync-chip").first.get_attribute("data-waiting") or 0)

    def rows(self) -> dict[str, tuple[str, str]]:
        """Records on the screen: id → (delivery, review)."""
        read = "rows => rows.map(r => [r.dataset.id, r.dataset.delivery, r.dataset.review])"
        return {row: (delivery, review) for row, delivery, review in self.find("record-row").evaluate_all(read)}

    def expect_row(self, record: str, **state: str) -> None:
        expect(self.find("record-row", id=record, **state).first).to_be_visible()

    def expect_photos(self, count: int) -> None:
        """So many pictures are really painted, not only framed."""
        pictures = self.page.locator("figure img")
        expect(pictures).to_have_count(count)
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            until = time.monotonic() + PATIENCE_MS / 1000
            while not picture.evaluate(IS_PAINTED):
                assert time.monotonic() < until, "a photo is not shown"
                self.page.wait_for_timeout(50)

    def receipt_keys(self) -> list[dict[str, str]]:
        """Public keys as the session door gives them to this phone now."""
        answer = self.page.evaluate("() => fetch('/api/v1/session').then(answer => answer.json())")
        keys: list[dict[str, str]] = answer["receipt_keys"]
        return keys

    def kept(self, username: str) -> list[dict[str, Any]]:
        """The phone's own mutations with their outcomes and receipts, read from its database."""
        return self._kept(username, "acts")

    def mirrored(self, username: str) -> list[dict[str, Any]]:
        """The records as the server last gave them to this phone, read from its database."""
        return self._kept(username, "records")

    def _kept(self, username: str, what: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate(KEEPSAFE, username)[what]
        return found
