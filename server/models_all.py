"""Every table, by importing every room's models: for migrations and for making an empty database. One line a room."""

import server.areas.models
import server.messages.models
import server.people.models
import server.photos.models
import server.platform.backup_marks
import server.platform.looks
import server.platform.streams
import server.platform.uploads  # noqa: F401
