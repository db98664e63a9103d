"""Every text pair of the face is at least 7:1 and every outline 3:1, in sun and night, measured from tokens.css."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.house.tree import files

TOKENS = "static/styles/tokens.css"
TEXT_RATIO, LINE_RATIO = 7.0, 3.0
GROUNDS = ("paper", "surface")
# (text, ground): every pair the styles may use
TEXT_PAIRS = [
    *product(("ink", "ink-2", "act", "ok", "wait", "stop"), ("paper",)),
    *product(("ink", "ink-2", "act", "ok", "wait", "stop"), ("surface",)),
    ("on-act", "act"), ("act", "act-tint"), ("ink", "act-tint"),
    ("ok", "ok-tint"), ("wait", "wait-tint"), ("stop", "stop-tint"),
    ("ink", "ok-tint"), ("ink", "wait-tint"), ("ink", "stop-tint"),
    ("on-flare", "flare"),
]  # fmt: skip
LINE_PAIRS = [("line", ground) for ground in GROUNDS]
THEMES = ("sun", "night")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def colours(css: str, theme: str) -> dict[str, str]:
    """Token → #rrggbb of one theme. Night starts from the sun's values, as the browser does."""
    plain = re.sub(r"/\*.*?\*/|@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css, flags=re.DOTALL)
    found: dict[str, str] = {}
    for selector, body in RULE.findall(plain):
        is_base = selector.strip() == ":root"
        if is_base or (theme == "night" and "night" in selector):
            found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", body))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def weak_pairs(css: str, theme: str) -> list[str]:
    found = colours(css, theme)
    wanted = [(pair, TEXT_RATIO) for pair in TEXT_PAIRS] + [(pair, LINE_RATIO) for pair in LINE_PAIRS]
    measured = [(pair, contrast(found[pair[0]], found[pair[1]]), least) for pair, least in wanted]
    return [f"{theme}: {text} on {ground} {ratio:.2f}" for (text, ground), ratio, least in measured if ratio < least]


@pytest.mark.parametrize("theme", THEMES)
def test_all_pairs_can_be_read_in_the_sun(theme: str) -> None:
    assert weak_pairs(files()[TOKENS], theme) == []


def test_a_weak_colour_is_noticed() -> None:
    css = files()[TOKENS]
    weak = css.replace(colours(css, "sun")["ink-2"], "#7A8590", 1)
    assert weak_pairs(weak, "sun")
    night = css.replace(colours(css, "night")["wait"], "#8A6A20", 1)
    assert weak_pairs(night, "night")


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
