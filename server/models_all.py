"""Every table of the house, imported once so that ``Base.metadata`` is whole. A room with tables adds its line here."""

import server.areas.models
import server.households.models
import server.matters.models
import server.people.models
import server.platform.looks
import server.platform.streams  # noqa: F401
