"""The six duties of Art. 7, each a room of its own; they do not know each other."""
