"""Builds of the client other than the present one, and today's server made to hand them out.

Old clients are made from their commits (``tests/old_clients.txt``) by the build tool of that commit; a later one is
today's sources with a few lines changed. ``Stage`` is a copy of today's server whose client can be exchanged: an app
that was installed from it stays on the phone, service worker and all, when the server has gone on to another.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.peephole import Peephole
from tests.journeys.phone import PATIENCE_MS, Phone
from tests.journeys.site import Site
from tests.sync.sim.bundles import Replacement
from tools.run import ROOT, stop

LIST = ROOT / "tests/old_clients.txt"
STARTED_BY = "() => [...document.scripts].map(script => new URL(script.src).pathname)"
COMES_UP_MS = 3_000
CAME_UP = (
    "document.querySelector('[data-testid=person-switch], [data-testid=broken]')"
    " && [...document.scripts].map(script => new URL(script.src).pathname).find(path => path.includes('/start-'))"
)
STANDS = """(async () => { const found = await navigator.serviceWorker.getRegistration('/'); return JSON.stringify([
  document.readyState, [...document.scripts].map(script => script.src), found?.active?.state, found?.waiting?.state,
  { ...sessionStorage }, await caches.keys(), document.body.innerText.slice(0, 400)]); })()"""
CLIENT = ("static/src", "static/styles", "static/icons", "service_worker")


def old_clients() -> list[str]:
    """Commits of the list, the oldest first."""
    lines = [line.split()[0] for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) == 3, f"{LIST.name} names three clients"
    return lines


def rebuilt(commit: str, folder: Path) -> Path:
    """The client of ``commit``, built below ``folder`` as it was built then."""
    found = subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True)
    assert found.returncode == 0, (
        f"this checkout does not hold commit {commit}: old clients are built from the whole history, "
        "get it with `git fetch --unshallow`"
    )
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    other = other_packages(folder / "package-lock.json", ROOT / "package-lock.json")
    assert not other, f"the client of {commit} cannot be built with the packages installed here: {', '.join(other)}"
    return _build(folder)


def other_packages(then: Path, now: Path) -> list[str]:
    """Packages of the earlier lock file that the present one lacks or holds in another build; newcomers do no harm."""
    old, present = (json.loads(file.read_text())["packages"] for file in (then, now))
    return sorted(name for name, entry in old.items() if name and present.get(name) != entry)


def changed(folder: Path, changes: Sequence[Replacement] = ()) -> Path:
    """Today's client with some lines changed, built below ``folder``."""
    for part in CLIENT:
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "static/manifest.webmanifest", folder / "static")
    for part in ("tools", "templates"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "package.json", folder)
    for change in changes:
        file = folder / "static/src" / change.file
        source = file.read_text()
        assert source.count(change.old) == 1, f"{change.file} no longer holds {change.old!r}"
        file.write_text(source.replace(change.old, change.new))
    return _build(folder)


def _build(folder: Path) -> Path:
    (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    command = ["node", "tools/build_client.mjs"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def boot_of(build: Path) -> str:
    """The path of the script that a page of this build starts with; no two builds have the same."""
    return str(json.loads((build / "static/dist/build.json").read_text())["boot"])


@contextmanager
def coming_up_in(phone: Phone, page: Page, build: Path) -> Iterator[None]:
    """
    What is done within leads to this build, by itself, though the page may come up once more in the version before. Nobody
    reads the line about a new version in the second in which a page comes up: who taps while pieces of it are still being
    fetched from the old worker starts that one again, and waits for the page's own answer.
    """
    page.wait_for_timeout(COMES_UP_MS)
    peep = Peephole(phone.profile, page)
    yield
    until = time.monotonic() + PATIENCE_MS / 1000
    while peep.ask(CAME_UP) != boot_of(build):
        assert time.monotonic() < until, f"the page never came up in {build}: {peep.ask(STANDS)}"
        time.sleep(0.1)


class Stage:
    """Today's server program over ``site``'s database, in a folder of its own, with one client after the other."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.folder = folder
        for part in ("server", "templates", "static"):
            leave = shutil.ignore_patterns("__pycache__", ".dist.*", "src")
            shutil.copytree(ROOT / part, folder / part, ignore=leave)
        shutil.copy(ROOT / "wsgi.py", folder)

    def show(self, build: Path) -> None:
        """From now on the server hands out this client. It starts anew, as at any update."""
        if self.site.process:
            stop(self.site.process)
        shutil.rmtree(self.folder / "static")
        shutil.copytree(build / "static", self.folder / "static", ignore=shutil.ignore_patterns("src"))
        shutil.copy(build / "templates/app.html", self.folder / "templates/app.html")
        self.site.root = self.folder
        self.site.start()
