"""The kernel's reactions to events."""
