"""What an SQL text counts, whatever it is written like."""
