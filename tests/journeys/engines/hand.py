"""A person's hand and eye, the same in every engine: by test id, and with patience."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any, Protocol

PATIENCE_S = 60.0


class Engine(Protocol):
    """A browser window that can open an address and run the body of an async function in the page."""

    def open(self, url: str) -> None: ...
    def run(self, body: str) -> Any: ...
    def shoot(self, path: Path) -> None: ...
    def close(self) -> None: ...


def checked(value: Any) -> Any:
    """What a page answered, or its error raised here."""
    if isinstance(value, dict) and set(value) == {"error"}:
        raise RuntimeError(value["error"])
    return value


def selector(testid: str, **attributes: str) -> str:
    return f'[data-testid="{testid}"]' + "".join(f'[data-{name}="{value}"]' for name, value in attributes.items())


class Hand:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def is_there(self, css: str) -> bool:
        return bool(self.engine.run(f"return document.querySelector({json.dumps(css)}) !== null"))

    def see(self, css: str, patience: float = PATIENCE_S) -> None:
        until = time.monotonic() + patience
        while not self._is_seen(css):
            if time.monotonic() > until:
                words = self.engine.run("return document.body.innerText")
                raise AssertionError(f"{css} is not on the screen:\n{words}")
            time.sleep(0.1)

    def _is_seen(self, css: str) -> bool:
        try:
            return self.is_there(css)
        except Exception as error:  # a page on its way to another has no window to ask
            if "navigat" in str(error).lower() or "context" in str(error).lower() or "aborted" in str(error).lower():
                return False
            raise

    def tap(self, testid: str, **attributes: str) -> None:
        self.tap_css(selector(testid, **attributes))

    def tap_css(self, css: str) -> None:
        self.see(css)
        self.engine.run(f"document.querySelector({json.dumps(css)}).click()")
        time.sleep(0.35)  # two taps within 300 ms count once

    def fill(self, testid: str, text: str) -> None:
        css = selector(testid)
        self.see(css)
        self.engine.run(
            f"""const field = document.querySelector({json.dumps(css)});
            const kind = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
            Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, {json.dumps(text)});
            field.dispatchEvent(new Event('input', {{bubbles: true}}))"""
        )

    def take_photo(self, picture: bytes) -> None:
        """As if the camera had given it: a file in the form's own field."""
        content = base64.b64encode(picture).decode()
        self.see(selector("photo-input"))
        self.engine.run(
            f"""const bytes = Uint8Array.from(atob("{content}"), letter => letter.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], 'IMG_1.jpg', {{type: 'image/jpeg'}}));
            const field = document.querySelector({json.dumps(selector("photo-input"))});
            field.files = files.files;
            field.dispatchEvent(new Event('change', {{bubbles: true}}))"""
        )
        self.see(".photos .photo img")
