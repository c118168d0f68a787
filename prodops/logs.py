"""What the log leaves out."""

import logging
import re

SECRET_IN = re.compile(r"(/requests/(?:hooks/[^/\s]+|mail/in)/)[^/\s?\"']+|([?&;]signature=)[^&\s\"']+")
ROUTINE = ("prodops.tasks.heartbeat", "prodops.tasks.sweep")


def masked(text):
    """`text` without the secrets that stand in addresses: of webhooks, mail, and signed visitors."""
    return SECRET_IN.sub(lambda found: f"{found[1] or found[2]}***", text)


class NoSecrets(logging.Filter):
    """Masks what is a secret in an address; Django logs the address of all that it refuses."""

    def filter(self, record):
        said = record.getMessage()
        if (safe := masked(said)) != said:
            record.msg, record.args = safe, ()
        return True


class NotEachBeat(logging.Filter):
    """Drops the lines that say, several times a minute, that a routine task went well."""

    def filter(self, record):
        return record.levelno > logging.INFO or not any(name in record.getMessage() for name in ROUTINE)
