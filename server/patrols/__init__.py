"""The walk in which duties happen: planned check points, what was looked at, coverage. Told once, at its finish."""
