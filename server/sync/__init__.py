"""The phone's door: push, pull, archive. What may be written is ``mutations.py``, what may be seen is ``feeds.py``."""
