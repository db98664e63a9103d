"""Refusals on the wire: the one place that turns any error into ``application/problem+json`` (RFC 9457) or an error page.

Catalogued problems pass as they are. Errors of the shapes (marshmallow through flask-smorest) become ``invalid`` with the
names of the faulty fields, HTTP errors their nearest code, and everything unexpected ``internal`` without any detail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response, g, render_template, request
from marshmallow import INCLUDE, Schema, ValidationError, fields
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from server.kernel.problems import CATALOGUE, Problem
from server.platform import logs
from server.platform.db import AGAIN
from server.platform.language import language
from server.text import text

MEDIA_TYPE = "application/problem+json"
CODES = {
    401: "signed_out",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    408: "cut_body",
    413: "too_large",
    415: "unsupported_media",
    429: "too_many_requests",
    503: "unavailable",
}
MOST_FIELDS = 50
_shapes: dict[str, Callable[[Problem], Response]] = {}


def add_shape(prefix: str, shape: Callable[[Problem], Response]) -> None:
    """Doors whose protocol has refusals of its own: paths that begin so are answered by ``shape``."""
    _shapes[prefix] = shape


class ProblemSchema(Schema):
    """The shape of a problem, for the description of the doors; more members may follow."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail_zh = fields.String(required=True)
    detail_en = fields.String(required=True)
    fields_ = fields.List(fields.String(), data_key="fields")


def body_of(problem: Problem, lang: str = "zh") -> dict[str, Any]:
    """``{code, status, type, title, detail_zh, detail_en, …fields}``; a push puts it beside one mutation as well."""
    key = f"problem.{problem.code}"
    return {
        "type": f"urn:gridwalk:problem:{problem.code}",
        "title": text(f"{key}.title", lang),
        "status": problem.status,
        "code": problem.code,
        "detail_zh": text(f"{key}.detail", "zh"),
        "detail_en": text(f"{key}.detail", "en"),
        **_writable(problem.fields),
    }


def _writable(value: Any) -> Any:
    """The value as JSON can hold it: names that a caller chose may hold lone surrogates or be no text at all."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_writable(str(name)): _writable(kept) for name, kept in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_writable(kept) for kept in value]
    return value


def answer(problem: Problem) -> Response:
    """The problem as JSON under ``/api``, as the protocol of the door has it, as a page elsewhere."""
    shape = next((one for prefix, one in _shapes.items() if request.path.startswith(prefix)), None)
    if shape is not None:
        response = shape(problem)
    elif _is_api():
        response = Response(orjson.dumps(body_of(problem, language())), problem.status, mimetype=MEDIA_TYPE)
    else:
        response = Response(render_template("errors/problem.html", problem=problem), problem.status)
    response.headers.update(problem.headers)
    return response


def problem_of(error: Exception) -> Problem:
    """The catalogued problem that stands for any other error."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return Problem("invalid", fields=_names(error.messages))
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return _of_http(error, error.code)
    if isinstance(error, HTTPException) and error.code == 503:
        return Problem("unavailable")
    if isinstance(error, OperationalError) and _yielded(error.orig):
        return Problem("unavailable", headers={"Retry-After": "5"})  # too many writers at once; nothing was written
    return Problem("internal")


def _yielded(error: BaseException | None) -> bool:
    """Whether SQLite found another writer, or PostgreSQL chose this transaction as the one to yield."""
    return "locked" in str(error) or getattr(error, "sqlstate", None) in AGAIN


def _of_http(error: HTTPException, status: int) -> Problem:
    messages = (getattr(error, "data", None) or {}).get("messages")
    if status == 422:
        return Problem("invalid", fields=_names(messages)) if messages else Problem("unprocessable")
    if status == 400 and messages:
        return Problem("bad_json")
    if status == 429:
        return Problem("too_many_requests", headers={"Retry-After": str(g.get("retry_after", 60))})
    headers = {k: v for k, v in error.get_headers() if k == "Allow"} if status == 405 else {}
    return Problem(CODES.get(status, "bad_request"), headers=headers)


def _names(messages: Any) -> list[str]:
    """Dotted names of the faulty fields; never their values."""
    found: list[str] = []

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict) and node:
            for key, child in node.items():
                walk(child, f"{path}.{key}" if path else str(key))
        else:
            found.append(path)

    walk(messages, "")
    return sorted({name.removeprefix("json.").encode("utf-8", "replace").decode()[:120] for name in found})[
        :MOST_FIELDS
    ]


def _is_api() -> bool:
    return request.path.startswith("/api/") or request.path == "/openapi.json"


def init_problems(app: Flask) -> None:
    """Register the handlers; called after flask-smorest, whose own handler this replaces."""

    def known(error: Exception) -> Any:
        if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
            return error  # a redirect is no problem
        return answer(problem_of(error))

    def unexpected(error: Exception) -> Response:
        logs.unexpected(error)
        return answer(problem_of(error))

    app.register_error_handler(Problem, known)
    app.register_error_handler(ValidationError, known)
    app.register_error_handler(HTTPException, known)
    app.register_error_handler(Exception, unexpected)


assert set(CODES.values()) <= set(CATALOGUE)
