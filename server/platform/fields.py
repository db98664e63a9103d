"""marshmallow fields of the wire. There is one for all text, one for ids, one for days, one for instants."""

from __future__ import annotations

import math
import unicodedata
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from server.kernel import clock, ids

FAR_PAST, FAR_FUTURE = date(1900, 1, 1), date(2200, 1, 1)


class Text(fields.Field[str]):
    """Text as NFC; lone surrogates and U+0000 become U+FFFD; ``longest`` counts code points."""

    def __init__(self, longest: int = 200, shortest: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest, self.shortest = longest, shortest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not_text")
        text = unicodedata.normalize("NFC", value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        text = text.replace("\0", "\ufffd").strip()
        if len(text) > self.longest:
            raise ValidationError("too_long")
        if len(text) < self.shortest:
            raise ValidationError("too_short")
        return text


class Id(fields.Field[UUID]):
    """A UUID written in 36 characters."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        found = ids.parse_id(value)
        if found is None:
            raise ValidationError("not_an_id")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)


class Day(fields.Field[date]):
    """A calendar day ``YYYY-MM-DD`` between 1900 and 2200."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        found = clock.parse_day(value)
        if found is None or not FAR_PAST <= found < FAR_FUTURE:
            raise ValidationError("not_a_day")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class Instant(fields.Field[int]):
    """Milliseconds UTC, a whole number that fits a date."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 7_258_118_400_000:
            raise ValidationError("not_an_instant")
        return value


class Whole(fields.Field[int]):
    """A whole number within bounds (JSON integers only)."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise ValidationError("out_of_range")
        return value


class Number(fields.Field[float]):
    """A finite number within bounds."""

    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValidationError("not_a_number")
        if not self.least <= value <= self.most:
            raise ValidationError("out_of_range")
        return float(value)


class Choice(fields.Field[str]):
    """One of a few words."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = frozenset(words)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ValidationError("unknown_word")
        return value


class Yes(fields.Field[bool]):
    """true or false, nothing that only looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not_yes_or_no")
        return value


class Sha256(fields.Field[str]):
    """A lower-case hexadecimal SHA-256."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
            raise ValidationError("not_a_hash")
        return value
