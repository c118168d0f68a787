"""Statistics of metrics: pure functions, without Django, clock, network or ORM."""
