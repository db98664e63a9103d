"""Browsers that lack something: no service worker, no database, a storage that fails, no locks, no canvas off the page."""

from __future__ import annotations

import json
from pathlib import Path

from tests.journeys.phone import Phone

CRIPPLED = (Path(__file__).parent / "crippled.js").read_text()
# whatever a page may not say when its records live in its own memory alone
KEPT = "已存手机|异议已存|留在手机上|浏览器答应|没有网也能|Saved on (the )?phone|Saved;|stays on the phone|without a network, del"
MOBILE_LINK = """const link = Object.assign(new EventTarget(), { type: 'cellular' });
Object.defineProperty(navigator, 'connection', { value: link });"""
IPHONE = """Object.defineProperty(navigator, 'userAgent', { value:
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1' });
addEventListener('beforeinstallprompt', event => event.stopImmediatePropagation());"""


def crippled(phone: Phone, *without: str, forbidden: str = "") -> None:
    """From its next page on the phone has none of ``without``, and what it says is listened to."""
    heard = f"/{forbidden}/g" if forbidden else "undefined"
    told = f"window.without = {json.dumps(without)}; window.forbidden = {heard};"
    phone.page.context.add_init_script(told + CRIPPLED)


def said(phone: Phone) -> list[str]:
    """Forbidden words that this page has shown since it was loaded."""
    found: list[str] = phone.page.evaluate("() => window.said")
    return found
