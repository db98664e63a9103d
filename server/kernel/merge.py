"""Three-way merge of two edits, field by field; lists are sets by item. What both sides changed goes to a person.

All values are plain JSON. An item of a list is named by its ``sha256``, ``place_id`` or ``id``, else it is its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Merged:
    """The values to write, and the names of fields that both sides changed to different values."""

    values: Mapping[str, Any]
    differing: tuple[str, ...]


def merge(base: Mapping[str, Any], present: Mapping[str, Any], wanted: Mapping[str, Any]) -> Merged:
    """``base``: as the editor saw it; ``present``: as it stands now; ``wanted``: the edited fields alone."""
    values: dict[str, Any] = {}
    differing: list[str] = []
    for name, value in wanted.items():
        was, now = base.get(name), present.get(name)
        if isinstance(value, list):
            merged = _merge_sets(was or [], now or [], value)
            if merged is None:
                differing.append(name)
            else:
                values[name] = merged
        elif now in (was, value):
            values[name] = value
        elif value != was:  # an unchanged field sent along takes nothing back
            differing.append(name)
    return Merged(values, tuple(differing))


def _item_name(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return item.get("sha256") or item.get("place_id") or item.get("id") or tuple(sorted(item.items()))


def _merge_sets(base: list[Any], present: list[Any], wanted: list[Any]) -> list[Any] | None:
    """Both sides' changes together; None when both changed one item differently."""
    was = {_item_name(i): i for i in base}
    theirs = {_item_name(i): i for i in present}
    mine = {_item_name(i): i for i in wanted}
    merged: dict[Any, Any] = {}
    for name in [*theirs, *(n for n in mine if n not in theirs)]:
        before, their, my = was.get(name), theirs.get(name), mine.get(name)
        if their == my or my == before:
            chosen = their
        elif their == before:
            chosen = my
        else:
            return None
        if chosen is not None:
            merged[name] = chosen
    return list(merged.values())
