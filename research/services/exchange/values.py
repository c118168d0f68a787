"""What a file says, as far as it is of use: values of no use are the default."""

from datetime import date, datetime

from prodops.models import ProductArea


def area_named(name):
    return ProductArea.objects.filter(name=name).order_by("pk").first() if name else None


def said(fields, key):
    value = fields.get(key, "")
    return value if isinstance(value, str) else ""


def one_of(choices, value, instead):
    return value if value in choices.values else instead


def moment(text):
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
