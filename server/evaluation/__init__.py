"""Evaluation that a worker can check (Arts. 19, 22): rule sets as data, facts with their sources, sheets that recompute."""
