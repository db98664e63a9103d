"""A demo county: 海盐县 with invented people, so that ``make run`` shows a working day. Never in a real installation."""
