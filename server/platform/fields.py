"""Fields shared by every shape on the wire: text, ids, days, instants. marshmallow is the only authority there.

Whatever a phone sends as text ends as text that both databases and every browser can keep: NFC, with lone surrogates and
U+0000 replaced by U+FFFD (PostgreSQL refuses the one, UTF-8 the other), its length counted in code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields

from server.kernel.clock import parse_day
from server.kernel.ids import parse_id

REPLACEMENT = "\ufffd"
LATEST_INSTANT = 4_102_444_800_000  # 2100-01-01: beyond it a number is no time


def clean_text(text: str) -> str:
    """NFC, without lone surrogates and U+0000."""
    kept = "".join(REPLACEMENT if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)
    return unicodedata.normalize("NFC", kept)


class Text(fields.Field[str]):
    """Text of ``least`` to ``most`` code points, counted after cleaning and stripping."""

    default_error_messages = {
        "invalid": "not_text",
        "too_short": "too_short",
        "too_long": "too_long",
    }

    def __init__(self, *, most: int, least: int = 0, strip: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "string", "minLength": least, "maxLength": most})
        super().__init__(**kwargs)
        self.least, self.most, self.strip = least, most, strip

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = clean_text(value)
        text = text.strip() if self.strip else text
        if len(text) > self.most:
            raise self.make_error("too_long")
        if len(text) < self.least:
            raise self.make_error("too_short")
        return text


class Id(fields.Field[UUID]):
    """A UUID written in 36 characters; a ``UUID`` inside."""

    default_error_messages = {"invalid": "not_an_id"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "string", "format": "uuid"})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> UUID:
        found = parse_id(value)
        if found is None:
            raise self.make_error("invalid")
        return found

    def _serialize(self, value: UUID | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)


class Day(fields.Field[date]):
    """A calendar day in China, ``YYYY-MM-DD``."""

    default_error_messages = {"invalid": "not_a_day"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "string", "format": "date"})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        day = parse_day(value)
        if day is None:
            raise self.make_error("invalid")
        return day

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class Instant(fields.Field[int]):
    """Milliseconds UTC, 0 to the year 2100; whether it is plausible is for the rules to say."""

    default_error_messages = {"invalid": "not_an_instant"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "integer", "format": "int64"})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LATEST_INSTANT:
            raise self.make_error("invalid")
        return value


class Degrees(fields.Field[float]):
    """A longitude or latitude; ``most`` is 180 or 90. JSON's NaN and infinities are no numbers here."""

    default_error_messages = {"invalid": "not_a_position"}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "number", "minimum": -most, "maximum": most})
        super().__init__(**kwargs)
        self.most_degrees = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -self.most_degrees <= value <= self.most_degrees:
            raise self.make_error("invalid")
        return float(value)
