"""What may be kept of a household, and why. The one table of further fields: name, and the matter that needs it.

The basic fields are needed by any visit: where to knock, whom to ask for, how to call before coming. A new field enters
``EXTRA_FIELDS`` with the code of a listed matter, or it does not enter at all. Never here, whatever the matter:
identity numbers, religion, politics, ethnicity.
"""

from __future__ import annotations

from dataclasses import dataclass

BASIC_FIELDS = frozenset({"micro_grid_id", "door", "contact_name", "contact_phone"})


@dataclass(frozen=True)
class ExtraField:
    """One further field of a household and the code of the matter that needs it."""

    name: str
    matter_code: str


EXTRA_FIELDS: tuple[ExtraField, ...] = ()  # no matter of the starter list needs more
