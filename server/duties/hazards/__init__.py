"""Hazard inspection 隐患排查: found, advised on, reported; a worker orders nothing (Art. 12)."""
