"""Things that a person keeps at hand."""

from prodops.models import Favourite


def star(subject, *, by, at):
    """Keep `subject` among the person's favourites; a second time changes nothing but its title."""
    Favourite.objects.update_or_create(
        user=by,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        defaults={"title": str(subject)[:200], "url": subject.get_absolute_url()},
        create_defaults={"title": str(subject)[:200], "url": subject.get_absolute_url(), "at": at},
    )


def unstar(subject, *, by):
    Favourite.objects.about(subject).filter(user=by).delete()
