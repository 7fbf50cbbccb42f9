"""Error rates, ranks and intervals: pure functions on arrays."""
