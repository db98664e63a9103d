"""Tasks: assigned, accepted, done, handed back, refused on a ground of Art. 12, withdrawn."""
