"""Guards of the house itself. Each guard is a pure function over files, so that a test can show it failing."""
