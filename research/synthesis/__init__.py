"""What can be said of research material without a database: pure functions only."""
