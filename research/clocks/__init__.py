"""When hosts are open, what is taken, which times are free: no Django, and no clock of its own."""
