"""Invented names of people, doors and villages, from ``words.json``. Telephone numbers begin as no network's do."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))


class Names:
    """A stream of invented words, the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def pick(self, what: str) -> str:
        """One of a list of words."""
        return str(self._random.choice(WORDS[what]))

    def person(self) -> str:
        given = self.pick("given_first") if self._random.random() < 0.75 else ""
        return self.pick("surnames") + given + self.pick("given_second")

    def phone(self) -> str:
        return f"105{self._random.randrange(10**8):08d}"

    def office_phone(self) -> str:
        return f"0573-0{self._random.randrange(10**7):07d}"

    def villages(self, count: int, share_of_communities: float = 0.25) -> list[str]:
        """Distinct names, villages first."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.pick("place_first") + self.pick("place_second")] = None
        communities = round(count * share_of_communities)
        return [name + ("社区" if i >= count - communities else "村") for i, name in enumerate(found)]

    def door(self, village: str, group: int, number: int) -> str:
        if village.endswith("社区"):
            return f"{group}幢{number % 6 + 1}单元{number // 6 + 1}0{number % 4 + 1}室"
        return f"{village.removesuffix('村')}{group}组{number}号"
