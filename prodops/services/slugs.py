"""Names in addresses: readable, unique, and never one of the words that addresses use themselves."""

from django.utils.text import slugify

# What stands in an address where another thing's slug would: teams/new/, studies/csv/
RESERVED = {"new", "csv", "palette", "groups", "edit", "codebook"}
ROOM = 10  # left for a number behind the name


def unused(model, text):
    """A slug for `text` that no row of `model` has; with a number where it is taken."""
    limit = model._meta.get_field("slug").max_length - ROOM
    base = slugify(text)[:limit].strip("-") or model._meta.model_name
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
