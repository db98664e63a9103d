"""Shapes of the exchange: the office's forms, what an export is asked for, Open311's questions and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from server.exchange.rules import LONGEST_REFERENCE, NOTICED, RECORD_KINDS, SCOPES
from server.platform.fields import Choice, Day, Id, Text

WORDS_LENGTH, PLACE_LENGTH = 500, 200
MOST_ROWS = 9_999_999


class Digits(fields.Field[int]):
    """A whole number as an address writes it: one to seven digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if (
            not isinstance(value, str)
            or not (value.isascii() and value.isdigit() and len(value) <= 7)
            or int(value) == 0
        ):
            raise ValidationError("out_of_range")
        return int(value)


class Decimal(fields.Field[float]):
    """A coordinate as a form writes it, within bounds."""

    def __init__(self, most: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        try:
            found = float(value) if isinstance(value, str) and len(value) <= 24 and value.isascii() else None
        except ValueError:
            found = None
        if found is None or not -self.most <= found <= self.most:
            raise ValidationError("out_of_range")
        return found


class TokenForm(Schema):
    """A token for one system."""

    system = Text(12, 2, required=True)
    name = Text(80, 1, required=True)
    document_no = Text(80, 1, required=True)
    scopes = fields.List(Choice(*SCOPES), required=True)
    area_unit = Id(required=True)
    last_day = Day(required=True)


class HookForm(Schema):
    """An address that is told of changes."""

    url = Text(500, 10, required=True)
    kinds = fields.List(Choice(*NOTICED), required=True)


# -- exports -----------------------------------------------------------------------------------------------------------

NOTHING: dict[str, Any] = {"load_default": lambda: None, "allow_none": False}  # absent, and never written as null
ID_TEXT = {"type": "string", "format": "uuid"}
DAY_TEXT = {"type": "string", "format": "date"}


def _formats(*names: str) -> Choice:
    told = {"type": "string", "enum": list(names), "default": names[0], "description": "how the rows are written"}
    return Choice(*names, load_default=names[0], metadata=told)


class _Walk(Schema):
    """Where an export begins and how long it is."""

    after = Id(
        **NOTHING,
        metadata={**ID_TEXT, "description": "id of the last row already held; rows come in the order of their ids"},
    )
    limit = Digits(
        **NOTHING,
        metadata={"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "description": "rows at most; all by default"},
    )


class _Days(_Walk):
    from_day = Day(**NOTHING, metadata=DAY_TEXT | {"description": "first day, in China"})
    to_day = Day(**NOTHING, metadata=DAY_TEXT | {"description": "last day, in China"})


class RecordsAsked(_Days):
    format = _formats("jsonl", "csv", "xlsx")
    kind = Choice(*RECORD_KINDS, **NOTHING, metadata={"type": "string", "enum": list(RECORD_KINDS)})


class CasesAsked(_Days):
    format = _formats("jsonl", "csv", "xlsx")


class HazardsAsked(_Days):
    format = _formats("jsonl", "csv", "xlsx", "geojson")


class MattersAsked(_Walk):
    format = _formats("jsonl", "csv", "xlsx")


class GridsAsked(_Walk):
    format = _formats("jsonl", "csv", "xlsx", "geojson")


# -- Open311 -----------------------------------------------------------------------------------------------------------

SHORT = {"type": "string", "maxLength": 200}


class _Lenient(Schema):
    """Clients send more than they are asked for; it is neither read nor kept."""

    class Meta:
        unknown = EXCLUDE


class ServicesAsked(_Lenient):
    jurisdiction_id = Text(6, load_default="", metadata={"type": "string", "description": "code of the county"})


class RequestsAsked(ServicesAsked):
    service_request_id = Text(2000, load_default="", metadata={"type": "string", "description": "ids, by commas"})
    service_code = Text(500, load_default="", metadata={"type": "string", "description": "codes, by commas"})
    start_date = Text(40, load_default=lambda: "", metadata={"type": "string", "format": "date-time"})
    end_date = Text(40, load_default=lambda: "", metadata={"type": "string", "format": "date-time"})
    status = Text(40, load_default="", metadata={"type": "string", "description": "open, closed, by commas"})


class RequestMade(ServicesAsked):
    """Names, telephones and accounts of residents are neither read nor kept."""

    service_code = Text(20, 1, required=True, metadata={"type": "string", "minLength": 1, "maxLength": 20})
    description = Text(WORDS_LENGTH, load_default="", metadata={"type": "string", "maxLength": WORDS_LENGTH})
    address_string = Text(PLACE_LENGTH, load_default="", metadata=SHORT)
    address_id = Text(36, load_default="", metadata={"type": "string", "description": "code of the grid"})
    lat = Decimal(90, load_default=None, metadata={"type": "number", "minimum": -90, "maximum": 90})
    long = Decimal(180, load_default=None, metadata={"type": "number", "minimum": -180, "maximum": 180})
    external_ref = Text(
        LONGEST_REFERENCE,
        load_default="",
        metadata={"type": "string", "description": "the caller's own number; said again, it is the same request"},
    )
