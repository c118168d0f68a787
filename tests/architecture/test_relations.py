from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

FLOORS = ["prodops", "research", "metrics", "process", "coordination"]


def relations():
    for model in apps.get_models():
        if model._meta.app_label in FLOORS and not model.__name__.endswith("Event"):
            for field in (*model._meta.fields, *model._meta.many_to_many):
                if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                    yield model, field


def test_every_relation_points_down_or_sideways():
    for model, field in relations():
        theirs = field.related_model._meta.app_label
        if theirs in FLOORS:
            assert FLOORS.index(theirs) <= FLOORS.index(model._meta.app_label), f"{field} points up"


def test_no_lower_app_learns_who_cites_it():
    for model, field in relations():
        theirs = field.related_model._meta.app_label
        if theirs in FLOORS and theirs != model._meta.app_label:
            assert field.remote_field.hidden, f'{field} needs related_name="+"'


def test_a_state_is_held_by_the_database():
    """A field with choices has a constraint that names it: the admin and bulk updates go past forms."""
    for model in apps.get_models():
        if model._meta.app_label not in FLOORS or model.__name__.endswith("Event"):
            continue
        held = " ".join(str(constraint.deconstruct()) for constraint in model._meta.constraints)
        for field in model._meta.fields:
            if field.name in ("status", "state") and field.choices:
                assert f"'{field.name}" in held, f"{field} has no CheckConstraint"
