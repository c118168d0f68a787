"""The pure room of process: functions without Django, clock, network or database."""
