"""Whether a screen can be used with weak eyes, thick gloves or the keyboard alone: axe, and measures of our own.

``see`` looks at the screen that is open, in one look (theme and text size) of a cycle or in all of them, and collects
what is wrong with it. It also remembers which screens it saw, so that none can be forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
LISTENERS = (HERE / "listeners.js").read_text()
EXAMINE = (HERE / "examine.js").read_text()
# every rule that axe has switched on, and 7:1 for text of every size in place of its 4.5:1 and 3:1; what axe cannot
# tell (text under a bar, say) it passes over in silence, and `examine.js` measures every pair again
SEVEN = {
    "contrastRatio": {"normal": {"expected": 7}, "large": {"expected": 7}},
    **{"boldValue": 700, "boldTextPt": 14, "largeTextPt": 18, "ignoreUnicode": True, "ignoreLength": False},
    **{"ignorePseudo": False, "pseudoSizeThreshold": 0.25, "shadowOutlineEmMax": 0.1, "textStrokeEmMin": 0.03},
}
CONFIGURE = {"checks": [{"id": "color-contrast-enhanced", "options": SEVEN}]}
RULES = {"color-contrast-enhanced": {"enabled": True}, "color-contrast": {"enabled": False}}
RUN_AXE = """async rules => (await axe.run(document, { selectors: false, preload: false, rules })).violations
  .flatMap(found => found.nodes.map(node => ({ rule: `axe ${found.id}`, where: node.html.slice(0, 160) })))"""
PUT_ON = "look => { for (const [name, value] of Object.entries(look)) document.documentElement.dataset[name] = value; }"
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SPARE_TABS = 4  # the browser's own stop between the end and the start of a page

Look = dict[str, str]
PHONE_LOOKS: list[Look] = [
    {"theme": theme, "size": size} for theme, size in product(("sun", "night"), ("normal", "elder"))
]
OFFICE_LOOKS: list[Look] = [  # a leader opens it on the phone too
    {"theme": theme, "width": width, "size": size}
    for theme, size, width in product(("sun", "night"), ("normal", "elder"), ("1200", "390"))
]
ONE_OF_TWO = re.compile(r"first === '(\w+)'(?: && second === '(\w+)')?")
OR_TWO = re.compile(r"first === '(\w+)' \|\| first === '(\w+)'")
PHONE_APP = "/app"
TABS = re.compile(r"(\w+): \(\) => <")


@dataclass
class Examiner:
    """Findings by screen and look. ``every_look`` sees each screen in all looks instead of the next one."""

    looks: Sequence[Look]
    every_look: bool
    findings: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)  # paths of the server's own pages
    routes: set[str] = field(default_factory=set)
    sheets: dict[str, str] = field(default_factory=dict)  # title on the screen → source file that draws it
    seen: int = 0
    pictures: Path | None = None

    def see(self, page: Page, name: str, sheet: str | None = None) -> None:
        """Look at the screen ``name``. ``sheet``: the source file of the sheet that must be open over it, if any."""
        self._note_where(page, sheet)
        self.places.add(urlsplit(page.url).path)
        looks = self.looks if self.every_look else [self.looks[self.seen % len(self.looks)]]
        page.wait_for_load_state()  # a form that was just sent may still be on its way
        before = page.evaluate("() => ({ ...document.documentElement.dataset })")
        for look in looks:
            if "width" in look:
                page.set_viewport_size({"width": int(look["width"]), "height": int(look.get("height", 844))})
            page.evaluate(PUT_ON, look)
            page.evaluate(TWO_FRAMES)
            language = page.evaluate("() => document.documentElement.lang.slice(0, 2)")
            label = " · ".join((name, language, *look.values()))
            found = [f"{label}: {one['rule']}: {one['where']}" for one in examine(page)]
            self.findings += found
            for line in found:
                print(line)  # told also when the way breaks off later
            if self.pictures:
                self._keep(page, label, found)
            self.seen += 1
        page.evaluate(PUT_ON, before)

    def _keep(self, page: Page, label: str, found: list[str]) -> None:
        """For whoever looks at the screens afterwards."""
        assert self.pictures
        self.pictures.mkdir(parents=True, exist_ok=True)
        page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
        page.screenshot(path=self.pictures / f"{self.seen:03d} {label.replace('/', ' ')}.png")
        with (self.pictures / "findings.txt").open("a") as file:
            file.writelines(f"{line}\n" for line in found)

    def _note_where(self, page: Page, sheet: str | None) -> None:
        if urlsplit(page.url).path != PHONE_APP:
            return
        self.routes.add(route_of(page.url))
        heads = page.locator("dialog.sheet[open] .sheet-head h2")
        expect(heads).to_have_count(1 if sheet else 0)
        if sheet:
            title = heads.inner_text()
            assert self.sheets.setdefault(title, sheet) == sheet, f"{title} is {self.sheets[title]}"


def examine(page: Page) -> list[dict[str, Any]]:
    """Everything wrong with the page as it stands: ``rule`` and ``where``."""
    if not page.evaluate("() => 'axe' in window && 'examine' in window"):
        page.evaluate(f"() => {{ {AXE.read_text()}; axe.configure({json.dumps(CONFIGURE)}); {EXAMINE} }}")
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, RULES) + page.evaluate("() => examine.still()")
    for _ in range(page.evaluate("() => examine.watchKeys()") + SPARE_TABS):
        page.keyboard.press("Tab")
    found += page.evaluate("() => examine.afterKeys()")
    return found


def look_of(words: str) -> Look:
    """``night elder 360x640`` → theme, text size and screen."""
    theme, size, screen = words.split()
    width, _, height = screen.partition("x")
    return {"theme": theme, "size": size, "width": width, "height": height}


def route_of(url: str) -> str:
    """``…/app#/log/hazard/<id>?patrol=…`` → ``log/hazard``; without a hash the home of the mode, ``""``."""
    parts = [part for part in url.partition("#")[2].partition("?")[0].split("/") if part]
    deep = len(parts) > 1 and f"{parts[0]}/{parts[1]}" in declared_routes()
    return "/".join(parts[: 2 if deep else 1])


def declared_routes() -> set[str]:
    """The phone app's own table: every place that ``pageOf`` in the shell knows."""
    source = (ROOT / "static/src/shell/app.tsx").read_text()
    table = source[source.index("const tabScreens") : source.index("function pageOf")]
    body = source[source.index("function pageOf") : source.index("function Frame")]
    places = {"/".join(filter(None, found)) for found in ONE_OF_TWO.findall(body)}
    places |= {place for pair in OR_TWO.findall(body) for place in pair}
    assert len(places) == body.count("first === "), "pageOf says its places in a way this test does not read"
    return places | set(TABS.findall(table))


def declared_sheets() -> set[str]:
    """Every source file that opens a sheet."""
    files = (ROOT / "static/src").rglob("*.tsx")
    return {file.stem for file in files if file.parent.name != "ui" and "<Sheet " in file.read_text()}
