"""Firefox ESR without a driver program: it speaks WebDriver BiDi itself, over a web socket."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import websocket

from tests.journeys.engines.hand import checked

PREFERENCES = """
user_pref("remote.active-protocols", 1);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
"""
NAMES = ("firefox-esr", "firefox")


def executable() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def missing() -> str | None:
    return None if executable() else "firefox-esr"


class Firefox:
    """One window over a profile in ``folder``; starting it again on the same folder finds what was kept there."""

    def __init__(self, folder: Path, preferences: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "user.js").write_text(PREFERENCES + preferences)
        command = [
            str(executable()),
            "--headless",
            "--no-remote",
            "--profile",
            str(folder),
            "--remote-debugging-port",
            "0",
        ]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self._socket = websocket.create_connection(f"{self._address()}/session", timeout=90, suppress_origin=True)
        self._number = 0
        self._say("session.new", capabilities={})
        self._window = self._say("browsingContext.getTree")["contexts"][0]["context"]
        self._say("browsingContext.setViewport", context=self._window, viewport={"width": 390, "height": 844})

    def _address(self) -> str:
        assert self._process.stderr
        for line in self._process.stderr:
            if found := re.search(r"ws://\S+", line):
                return found[0]
        raise RuntimeError("Firefox ended before it told its address")

    def _say(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:  # events come between the answers
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']} {answer['message']}")
                return answer["result"]

    def open(self, url: str) -> None:
        self._say("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def run(self, body: str) -> Any:
        """What the async function with this body returns."""
        answer = self._say(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await (async () => {{ {body} }})() ?? null))()",
            target={"context": self._window},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            return checked({"error": answer["exceptionDetails"]["text"]})
        return json.loads(answer["result"]["value"])

    def shoot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = self._say("browsingContext.captureScreenshot", context=self._window)["data"]
        path.write_bytes(base64.b64decode(picture))

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(20)
