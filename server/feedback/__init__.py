"""Opinions, complaints and reports (Art. 14): heard by a unit above the person meant, answered, and clarified if unfounded."""
