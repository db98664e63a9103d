"""Pure vocabulary, standard library only: ids, clock, days, geometry, refusals, outcomes."""
