"""Every sentence that Jinja pages and problems say, Chinese and English, by key.

``zh.json`` and ``en.json`` are flat: one dotted key, one sentence; ``{name}`` stands for a value. A guard compares both.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent


@cache
def sentences(lang: str) -> dict[str, str]:
    """All sentences of one language. Two sentences under one key are an error, not the last one wins."""
    return dict(json.loads((FOLDER / f"{lang}.json").read_text("utf-8"), object_pairs_hook=_once))


def text(key: str, lang: str, **values: Any) -> str:
    """The sentence of ``key``; in Chinese where English lacks it. Raises LookupError for a key nobody wrote."""
    sentence = sentences(lang if lang in LANGUAGES else "zh").get(key) or sentences("zh").get(key)
    if sentence is None:
        raise LookupError(f"no sentence for {key!r}")
    return sentence.format(**values) if values else sentence


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"two sentences under {key!r}")
        found[key] = value
    return found
