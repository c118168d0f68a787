"""What people bring numbers in: pure readers of files, without Django, clock, network or ORM."""
