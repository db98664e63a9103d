"""One phone as the driver sees it: whose hands may hold it, its link, its cookie jar, and which databases it has had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie


@dataclass
class Phone:
    """``life`` and ``wipes`` number the databases of a person here: a new number after each loss."""

    name: str
    usernames: Sequence[str]
    net: str = "good"
    is_on: bool = False
    tabs: int = 0
    jar: dict[str, str] = field(default_factory=dict)
    person: str | None = None
    life: int = 0
    wipes: dict[str, int] = field(default_factory=dict)
    signing: int = 0

    def disk(self, person: str) -> str:
        """The name of this person's database on this phone, as it is now."""
        return f"{self.name}.{self.life}.{person}.{self.wipes.get(person, 0)}"

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    def take_cookies(self, headers: Sequence[tuple[str, str]]) -> None:
        for name, value in headers:
            if name.lower() != "set-cookie":
                continue
            for morsel in SimpleCookie(value).values():
                if morsel.value:
                    self.jar[morsel.key] = morsel.value
                else:
                    self.jar.pop(morsel.key, None)
