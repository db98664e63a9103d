"""A look at a page beside Playwright, which loses sight of one whose load is overtaken by another, and then waits for ever."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import websocket
from playwright.sync_api import Page

MOST_S = 5


class Peephole:
    """Made while the page stands still; asks it on a connection of its own."""

    def __init__(self, profile: Path, page: Page) -> None:
        line = page.context.new_cdp_session(page)
        target = line.send("Target.getTargetInfo")["targetInfo"]["targetId"]
        line.detach()
        port = (profile / "DevToolsActivePort").read_text().split()[0]
        self.url = f"ws://127.0.0.1:{port}/devtools/page/{target}"

    def ask(self, expression: str) -> Any:
        """What it answers; nothing while it is being loaded."""
        said = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        try:
            with closing(websocket.create_connection(self.url, timeout=MOST_S, suppress_origin=True)) as line:
                line.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": said}))
                while (answer := json.loads(line.recv())).get("id") != 1:
                    pass
        except (OSError, websocket.WebSocketException):
            return None
        return answer.get("result", {}).get("result", {}).get("value")
