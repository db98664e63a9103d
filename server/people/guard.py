"""The guard before every door. A door without a declared guard is shut (404) and a test names it.

``@door("public")`` anybody · ``@door("signed_in")`` any session · ``@door("phone")`` a session that is not restricted ·
``@door("queue")`` a session, restricted ones too (push, uploads, pull) · ``@door("office")`` somebody with an office role ·
``@door("office", action="team.name")`` an office role that holds a right of the permission table somewhere; the
command then asks again for the thing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
KINDS = ("public", "signed_in", "phone", "queue", "office")


def door(kind: str, action: str | None = None) -> Callable[[F], F]:
    """Declare who may knock. The app's ``before_request`` enforces it."""
    if kind not in KINDS:
        raise ValueError(kind)

    def declare(view: F) -> F:
        view.guard = (kind, action)  # type: ignore[attr-defined]
        return view

    return declare
