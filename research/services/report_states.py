"""Why a report can't be changed or go where somebody wants it."""


class Refused(Exception):
    """The report is in no state for that; the words say why and what to do."""


class Frozen(Refused):
    """What is published stays as it is."""

    def __init__(self):
        super().__init__(
            "This report is published, and what is published is not changed. Build a new edition."
        )
