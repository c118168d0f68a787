"""Who reads and who edits research, in one place: every QuerySet of this app asks here.

A study is open to the workspace, to its team, or to people named (`Visibility`). All that hangs on a study
(sessions, turns, parts, highlights, recordings, participants) is read by whoever reads the study; see
docs/adr/0008-who-sees-a-study.md.
"""

from django.db import models
from django.db.models import Q


class Visibility(models.TextChoices):
    """Who reads a study. Its lead and the readers named on it always do."""

    WORKSPACE = "workspace", "Everybody in research"
    TEAM = "team", "The team and people named"
    NAMED = "named", "Only people named"


NOBODY = Q(pk__in=[])


def readable(user, path=None):
    """The condition under which `user` may read what hangs on the study at `path` ("session__study__").

    For the study itself `path` is "". Without a path: what belongs to the workspace and hangs on no study.
    Where the study may be missing (a tag of a study or of none): `Q(study=None) | readable(user, "study__")`.
    """
    from prodops.access import Can, allowed

    if not allowed(user, Can.RESEARCH_READ):
        return NOBODY
    if path is None:
        return Q()
    return _open(user, path) & consented(path)


def consented(path):
    """The condition that nobody took back their consent to the session at `path` ("session__study__").

    Where a session hangs on nobody's path ("study__") there is nothing to ask; sessions ask for themselves.
    """
    if not path.endswith("session__study__"):
        return Q()
    return Q(**{f"{path.removesuffix('study__')}withdrawn_at": None})


def _open(user, path):
    from prodops.access import Can, allowed

    team = Q(**{f"{path}visibility": Visibility.TEAM})
    if not allowed(user, Can.RESEARCH_RESTRICTED):
        team &= Q(**{f"{path}team__in": user.team_ids})
    return Q(**{f"{path}visibility": Visibility.WORKSPACE}) | team | _named(user, path)


def _named(user, path):
    return Q(**{f"{path}lead": user.pk}) | Q(**{f"{path}reader_ids__contains": [user.pk]})


def editable(user, path=None):
    """The condition under which `user` may change it: an editor of the team that owns it, or product ops.

    `path` as in `readable`: nobody changes what they may not read.
    """
    from prodops.access import Can, allowed

    if not allowed(user, Can.RESEARCH_EDIT):
        return NOBODY
    owned = Q() if user.runs_product_ops else Q(**{f"{path or ''}team__in": user.editor_team_ids})
    return readable(user, path) & owned


def edits(user, team_id):
    """Whether `user` may change what that team owns: `editable` for one thing that is loaded already.

    Loaded means through `visible_to`: it does not ask whether they may read it.
    """
    from prodops.access import Can, allowed

    if not allowed(user, Can.RESEARCH_EDIT):
        return False
    return user.runs_product_ops or team_id in user.editor_team_ids


def hears(user, path=""):
    """The condition under which `user` may play or download raw recordings of the study at `path`.

    Closer than reading: quotes and transcripts are for whoever reads the study, voices and faces for those
    who work on it: its team, its lead, the readers named on it, and product ops.
    """
    from prodops.access import Can, allowed

    if not allowed(user, Can.RAW_MEDIA):
        return NOBODY
    near = Q() if user.runs_product_ops else Q(**{f"{path}team__in": user.team_ids}) | _named(user, path)
    return readable(user, path) & near


def evidence(user):
    """The condition under which `user` may read a piece of an insight's evidence, whatever it is."""
    return (
        readable(user, "highlight__session__study__")
        | readable(user, "question__survey__session__study__")
        | readable(user, "task__study__")
    )


def open_to_all(path=""):
    """The condition that everybody in research reads the study at `path`: what may go into a report."""
    return Q(**{f"{path}visibility": Visibility.WORKSPACE}) & consented(path)
