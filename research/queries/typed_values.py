"""Values of typed fields on their way from one workspace to another."""

from prodops.custom_fields import fitting
from prodops.models import CustomField, FieldKind, User
from research.formats import names


def outgoing(subject, values):
    """The values of typed fields as they leave: a person is named by guid, not by number."""
    if not values:
        return {}
    people = _person_fields(subject)
    found = {}
    for key, value in sorted(values.items()):
        if key in people:
            user = User.objects.filter(pk=value).first() if isinstance(value, int) else None
            value = names.of_person(user.email) if user else None
        if value is not None:
            found[key] = value
    return found


class Incoming:
    """The typed fields of a subject that this workspace has, and what of a file's values can be theirs."""

    def __init__(self, subject, coming=()):
        """`coming` are fields that the import makes first."""
        self.word = subject.rpartition(".")[2]
        self.here = {field.key: field for field in coming if field.subject == subject}
        self.here |= {field.key: field for field in CustomField.objects.of(subject)}

    def values(self, given, person):
        """What `outgoing` gave, as this workspace has it: only what the fields' forms would take.

        `person` gives the id of a colleague's guid, or None.
        """
        found = {}
        for key, value in given.items() if isinstance(given, dict) else ():
            field = self.here.get(key)
            if field is None:
                continue
            if field.kind == FieldKind.PERSON:
                value = person(value) if isinstance(value, str) else None
            found[key] = fitting(field, value)
        return {key: value for key, value in found.items() if value is not None}

    def misfits(self, given):
        """For each value that is not taken, or not whole, why. Unknown people are told elsewhere."""
        for key, value in given.items() if isinstance(given, dict) else ():
            field = self.here.get(key)
            if value is None or value is False or value == []:
                continue
            if field is None:
                yield f"Values of “{key[:60]}”, a field that a {self.word} does not have here"
            elif not _whole(field, value):
                kind = FieldKind(field.kind).label.lower()
                yield f"Values of “{field.name}” that do not fit the field ({kind})"


def _whole(field, value):
    if field.kind == FieldKind.PERSON:
        return isinstance(value, str)
    found = fitting(field, value)
    return found is not None and (not isinstance(value, list) or len(found) == len(value))


def _person_fields(subject):
    fields = CustomField.objects.of(subject).filter(kind=FieldKind.PERSON)
    return set(fields.values_list("key", flat=True))
