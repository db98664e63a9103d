"""Dispute mediation 矛盾调解: a grid worker's own note of a talk between parties, or where they were told to turn."""
