"""What each app of the tests would do again in the same way is done once a process: its 300 routes and its templates.

An app took 110 ms, most of it for compiling the same routes; with several thousand apps that is minutes of each run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_templates: dict[str, bytes] = {}
_builders: dict[object, Callable[..., Any]] = {}


class _InMemory(BytecodeCache):
    """Compiled templates, by the checksum of their source."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := _templates.get(bucket.key + bucket.checksum)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        _templates[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def compile_once() -> None:
    """For every app of this process. A compiled route knows nothing of its app: it is bound to its rule by the caller."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _InMemory()}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, repr(rule._trace), repr(rule.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = compile_builder(rule, append_unknown)
        return _builders[key]

    Rule._compile_builder = once  # type: ignore[method-assign]
