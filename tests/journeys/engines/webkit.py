"""WebKit as Debian has it (``webkit2gtk-driver``), spoken to by WebDriver on a screen that nobody sees."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.journeys.engines.hand import checked

DRIVER = "WebKitWebDriver"
BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"


def missing() -> str | None:
    """What is not on this machine, as a package's name."""
    if not shutil.which(DRIVER) or not glob.glob(BROWSERS):
        return "webkit2gtk-driver"
    return None if shutil.which("Xvfb") else "xvfb"


class WebKit:
    """One window. What it keeps lives in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._screen, display = _screen()
        # it keeps data by XDG folders: a home of its own, and no bus or accessibility service to wait for
        homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CACHE", "CONFIG")}
        environment = {**os.environ, **homes, "DISPLAY": display, "NO_AT_BRIDGE": "1", "GTK_A11Y": "none"}
        options = Options()
        options.binary_location = sorted(glob.glob(BROWSERS))[-1]
        options.add_argument("--automation")
        service = Service(executable_path=shutil.which(DRIVER), env=environment)
        self._driver = WebKitGTK(options=options, service=service)
        self._driver.set_script_timeout(60)
        self._driver.set_window_size(390, 844)

    def open(self, url: str) -> None:
        self._driver.get(url)

    def run(self, body: str) -> Any:
        """What the async function with this body returns."""
        script = (
            f"const end = arguments[0]; (async () => {{ {body} }})().then(end, error => end({{error: String(error)}}))"
        )
        return checked(self._driver.execute_async_script(script))

    def shoot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._driver.save_screenshot(str(path))

    def close(self) -> None:
        self._driver.quit()
        self._screen.terminate()
        self._screen.wait(10)


def _screen() -> tuple[subprocess.Popen[bytes], str]:
    """A screen in memory and its name; the server chooses a free number itself."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "500x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        return process, f":{answer.readline().strip()}"
