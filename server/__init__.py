"""Gridwalk: the server of 网格行. Rooms and their rules: docs/decisions/0001-the-house.md."""
