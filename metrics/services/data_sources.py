"""Databases that KPIs are fetched from: connected, changed, retired."""

from django.db import transaction

from metrics.models import DataSource, Pull
from metrics.sources import databases
from prodops import activity, vault


class AlreadyRetired(Exception):
    """It is no longer in use."""


@transaction.atomic
def connect(*, name, url, team, by, at):
    """Keep a database's URL, encrypted. Raises `databases.NotAllowed` for one that is not safe."""
    source = DataSource.objects.create(name=name, team=team, by=by, at=at, **_kept(url))
    activity.record("data_source.connected", on=source, by=by, at=at, data={"shown": source.shown})
    return source


@transaction.atomic
def change(source, *, name, url, team, by, at):
    """Change name, team, or with a `url` that is not empty where it leads."""
    fields = {"name": name, "team": team} | (_kept(url) if url else {})
    changed = [key for key, value in fields.items() if getattr(source, key) != value]
    if not changed:
        return False
    for key in changed:
        setattr(source, key, fields[key])
    source.save(update_fields=changed)
    said = ", ".join(key for key in ("name", "shown", "team") if key in changed) or "the password"
    activity.record("data_source.changed", on=source, by=by, at=at, data={"said": said})
    return True


@transaction.atomic
def retire(source, *, by, at):
    """Forget its password; the queries that ask it rest."""
    live = DataSource.objects.filter(pk=source.pk, retired_at=None)
    if not live.update(retired_by=by, retired_at=at, sealed_url=b""):
        raise AlreadyRetired("This database is disconnected already.")
    Pull.objects.filter(source=source).update(active=False)
    activity.record("data_source.retired", on=source, by=by, at=at)


def _kept(url):
    read = databases.read_url(url)
    databases.address_of(read)
    return {"shown": databases.shown(read)[:300], "sealed_url": vault.seal(url.strip())}
