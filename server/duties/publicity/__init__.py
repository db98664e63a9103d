"""Safety publicity 平安宣传: one session of telling people something, counted in people and households reached."""
