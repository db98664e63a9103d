"""Which language a request is answered in: the person's setting, else ``?lang``, else Accept-Language, else Chinese."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context, request

from server.text import LANGUAGES, text


def language() -> str:
    """``zh`` or ``en`` for the request at hand."""
    if not has_request_context():
        return "zh"
    set_by_person = g.get("language")
    if set_by_person in LANGUAGES:
        return str(set_by_person)
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "zh")


def say(key: str, **values: Any) -> str:
    """The sentence in the language of the request; templates call it ``t``."""
    return text(key, language(), **values)
