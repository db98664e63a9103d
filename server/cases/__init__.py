"""The closed loop of Art. 10: what needs more than the grid goes to a department, under a clock, and comes back with a result."""
