"""Who reads and who edits research, in one place: every QuerySet of this app asks here."""

from django.db.models import Q


def readable(user, path=""):
    """The condition under which `user` may read what hangs on the study at `path` ("session__study__").

    Every member of the workspace reads every study.
    """
    from prodops.access import Can, allowed

    return Q() if allowed(user, Can.RESEARCH_READ) else Q(pk__in=[])


def editable(user, path=""):
    """The condition under which `user` may change it: an editor of the team that owns it, or product ops."""
    from prodops.access import Can, allowed

    if not allowed(user, Can.RESEARCH_EDIT):
        return Q(pk__in=[])
    return Q() if user.runs_product_ops else Q(**{f"{path}team__in": user.editor_team_ids})


def edits(user, team_id):
    """Whether `user` may change what that team owns: `editable` for one thing that is loaded already."""
    from prodops.access import Can, allowed

    if not allowed(user, Can.RESEARCH_EDIT):
        return False
    return user.runs_product_ops or team_id in user.editor_team_ids
