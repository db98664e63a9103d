"""The simulator of the road: the shipped client bundles against the real server, over a clock, disks and a network of our own.

``python -m tests.sync.sim --operations N --seed S`` · how it works and what it shows: docs/decisions/0007-the-simulator.md
"""
