"""Files from outside, read into plain values: no Django, clock, network or database."""
