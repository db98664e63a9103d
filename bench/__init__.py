"""Benchmarks: each module ``bench/<name>.py`` has ``figures() -> Iterable[Figure]``; ``python -m bench`` runs them all."""
