"""What each app of the tests would do again in the same way is done once a process: its 300 routes, templates and statements.

An app took 110 ms, most of it for compiling the same routes; with several thousand apps that is minutes of each run. An app
has two engines, and each compiles every statement for itself: a fifth of the processor time of the tests of the doors.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_templates: dict[str, bytes] = {}
_builders: dict[object, Callable[..., Any]] = {}
_statements: LRUCache[Any, Any] = LRUCache(4_000)


class _InMemory(BytecodeCache):
    """Compiled templates, by the checksum of their source."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := _templates.get(bucket.key + bucket.checksum)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        _templates[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def compile_once() -> None:
    """For every app of this process: nothing that is compiled here knows its app."""
    _templates_and_routes_once()
    _statements_once()


def look_for_rings_seldom() -> None:
    """
    What was loaded and collected stays until the end and need not be walked again; the rest is walked every 50,000 objects
    instead of every 700: a sixth of the processor time of the tests of the doors, for 30 MB more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _templates_and_routes_once() -> None:
    """A compiled route is bound to its rule by the caller."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _InMemory()}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, repr(rule._trace), repr(rule.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = compile_builder(rule, append_unknown)
        return _builders[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


def _statements_once() -> None:
    """The engines of one database's driver are all made with the same options, so what one compiled is good for each."""

    def is_same(one: Dialect, other: object) -> bool:
        return type(one) is type(other)

    DefaultDialect.__eq__ = is_same  # type: ignore[method-assign, assignment]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]
    Engine._compiled_cache = property(lambda _: _statements, lambda _, __: None)  # type: ignore[assignment]
