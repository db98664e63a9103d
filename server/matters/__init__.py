"""The matter list 事项清单: what a worker may be asked to look at, with dates, policies and advice (Art. 8)."""
