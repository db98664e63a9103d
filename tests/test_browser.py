"""The browser of the journeys starts on this machine, as root too, and can show Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import PHONE, launch_options

pytestmark = pytest.mark.journey

WIDTHS = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = '40px sans-serif';
  const ink = (text) => { pen.clearRect(0, 0, 60, 60); pen.fillText(text, 5, 45);
    return pen.getImageData(0, 0, 60, 60).data.join(); };
  return [ink('网'), ink('格'), ink('行')];
}"""


def test_chromium_starts_with_a_profile_and_draws_chinese(tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(str(tmp_path), viewport=PHONE, **launch_options())
        page = context.new_page()
        page.set_content("<h1>网格行</h1>")
        assert page.get_by_role("heading").inner_text() == "网格行"
        assert len(set(page.evaluate(WIDTHS))) == 3  # three different glyphs, not three empty boxes
        context.close()
