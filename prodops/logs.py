"""What the log leaves out."""

import logging

ROUTINE = ("prodops.tasks.heartbeat", "prodops.tasks.sweep")


class NotEachBeat(logging.Filter):
    """Drops the lines that say, several times a minute, that a routine task went well."""

    def filter(self, record):
        return record.levelno > logging.INFO or not any(name in record.getMessage() for name in ROUTINE)
