"""分析与减负自查: what an office sees of a month, and what it must ask itself. Figures of areas and units, never of people."""
