"""Shapes of sign-in through another house."""

from __future__ import annotations

from marshmallow import Schema

from server.platform.fields import Text
from server.signon.rules import LONGEST_SUBJECT


class BindingForm(Schema):
    """Whose account belongs to which name there."""

    username = Text(60, 1, required=True)
    subject = Text(LONGEST_SUBJECT, 1, required=True)
