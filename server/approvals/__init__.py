"""The review of records by the grid leader (our design, not law): approve, return with a reason, dispute, rule."""
