"""Shapes of the correction request: as the phone sends it, and the office's answer."""

from __future__ import annotations

from server.platform.fields import Choice, Id, Text
from server.privacy.rules import ABOUT, ANSWERS
from server.records.schemas import Strict

WORDS_LENGTH = 500


class CorrectionAsked(Strict):
    """``corrections.ask``: about what, in a few words; ``record_id`` is a record of one's own."""

    id = Id(required=True)
    about = Choice(*ABOUT, required=True)
    record_id = Id(allow_none=True, load_default=None)
    words = Text(WORDS_LENGTH, shortest=1, required=True)


class CorrectionAnswer(Strict):
    """The form of the office's page."""

    answer = Choice(*ANSWERS, required=True)
    words = Text(WORDS_LENGTH, load_default="")
