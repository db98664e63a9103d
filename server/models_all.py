"""Every table, by importing every room's models: for migrations and for making an empty database. One line a room."""

import server.areas.models
import server.people.models
import server.platform.looks
import server.platform.streams  # noqa: F401
