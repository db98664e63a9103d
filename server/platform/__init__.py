"""The machine room: settings, database, keys, files, feeds. It knows no word of the domain."""
