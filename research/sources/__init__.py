"""Systems outside: each module asks one kind, with a time-out and exceptions of its own."""
