"""`make bench`: pages beside the floor J, in one run (docs/operations.md says how to read it)."""
