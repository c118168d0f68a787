"""Names in addresses: readable, unique, and never one of the words that addresses use themselves."""

from django.utils.text import slugify

RESERVED = {"new", "csv", "palette", "groups", "edit"}


def unused(model, text, *, limit=70):
    """A slug for `text` that no row of `model` has."""
    base = slugify(text)[:limit].strip("-") or model._meta.model_name
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
