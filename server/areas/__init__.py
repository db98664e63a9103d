"""Org units, division codes, grids, micro-grids, borders with dates (Arts. 2, 6, 25)."""
