"""The one cookie: HttpOnly, SameSite=Lax, Secure outside loopback. The server's rows say how long it is good for."""

from __future__ import annotations

from flask import Response

from server.platform.config import current_settings

LONGEST_SECONDS = 400 * 86_400  # what browsers allow


def set_cookie(response: Response, name: str, value: str, *, lasting: bool) -> None:
    """``lasting``: survives the end of the browser, as a phone's must; a desk's goes with it."""
    response.set_cookie(
        name,
        value,
        max_age=LONGEST_SECONDS if lasting else None,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_settings().secure_cookies,
    )


def forget_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", httponly=True, samesite="Lax", secure=current_settings().secure_cookies)
