"""Passwords: argon2id, with one cost for a name that exists and one that does not."""

from __future__ import annotations

import os

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import current_app

from server.platform.config import Settings

OF_THE_DEMO = "gridwalk-demo"  # printed in the README: it opens nothing where the demo is off


class Passwords:
    """Makes and checks password hashes with the cost that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_rounds, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        self._never = "" if settings.demo else OF_THE_DEMO
        self._nobody = self._hasher.hash(os.urandom(16).hex())

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """False without a stored hash too, after the same work, so that time does not tell who exists."""
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
        return stored is not None and password != self._never

    def is_outdated(self, stored: str) -> bool:
        """Whether the settings ask for another cost than this hash has."""
        return self._hasher.check_needs_rehash(stored)


def passwords() -> Passwords:
    """The hasher of the running app."""
    found: Passwords = current_app.extensions["passwords"]
    return found
