"""Numbered migrations, one head. ``upgrade(app)`` brings a database to the newest; ``flask migrate`` does it by hand."""
