"""Findings under Art. 13: what a named authority has confirmed after hearing the person (Art. 24), and legal holds."""
