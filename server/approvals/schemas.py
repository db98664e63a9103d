"""Wire shapes of the review."""

from __future__ import annotations

from server.approvals.rules import RETURN_REASONS
from server.platform.fields import Choice, Id, Text, Yes
from server.records.schemas import NOTE_LENGTH, Strict


class Approval(Strict):
    record_id = Id(required=True)


class Return(Strict):
    record_id = Id(required=True)
    reason = Choice(*RETURN_REASONS, required=True)
    words = Text(NOTE_LENGTH, load_default="")


class Dispute(Strict):
    record_id = Id(required=True)
    words = Text(NOTE_LENGTH, load_default="")


class Ruling(Strict):
    record_id = Id(required=True)
    upheld = Yes(required=True)
    words = Text(NOTE_LENGTH, load_default="")
