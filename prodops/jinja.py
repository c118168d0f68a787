"""The environment of our templates: globals, filters and the component macros as `ui`."""

import datetime as dt
from decimal import Decimal
from functools import cache, lru_cache

import jinja2
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import json_script
from django.utils.translation import gettext, ngettext
from django_htmx.jinja import htmx_script
from markupsafe import Markup, escape

from prodops import files, talk, text, words
from prodops.access import Can


def translated(words, /, **values):
    """Words of ours in the reader's language, as HTML, with `values` escaped into them.

    Jinja2's own looks up its context and formats for each of a page's hundreds of words.
    """
    said = Markup(gettext(words))  # noqa: S704  (ours, never a person's)
    return said % values if values or "%" in words else said


class Components:
    """`ui.pill(…)` is the macro `pill` of templates/components/pill.html."""

    def __init__(self, env):
        self._env = env
        self._macros = {}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._macros or settings.DEBUG:
            self._macros[name] = getattr(self._env.get_template(f"components/{name}.html").module, name)
        return self._macros[name]


@cache
def _icon_sprite():
    return staticfiles_storage.url("icons.svg")


@lru_cache(maxsize=1_000)
def icon(name, *, label=""):
    """A Bootstrap icon of the sprite (static/icons.txt names those in it)."""
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {} width="16" height="16"><use href="{}#{}"/></svg>').format(
        spoken, _icon_sprite(), name
    )


@lru_cache(maxsize=8192, typed=True)
def _known_url(urlconf, name, args):
    return reverse(name, urlconf, args)


def url(name, *args, **kwargs):
    """The address of a view. Remembered: a list asks for the same fifty again and again."""
    if kwargs:
        return reverse(name, args=args, kwargs=kwargs)
    return _known_url(settings.ROOT_URLCONF, name, args)


def number(value, digits=None):
    """12,340 or 4.6; an em dash for nothing. `digits` fixes the decimals, else as many as are sensible."""
    if value is None:
        return "—"
    if digits is None:
        size = abs(float(value))
        digits = 0 if size >= 100 or float(value).is_integer() else 1 if size >= 10 else 2
    return f"{value:,.{digits}f}".replace("-", "−")


def money(value, currency=""):
    """1,250 EUR: no decimals from 100 up."""
    if value is None:
        return "—"
    digits = 0 if abs(value) >= 100 or value == int(value) else 2
    return f"{Decimal(value):,.{digits}f}\u00a0{currency}".strip()


def day(value):
    """23 Nov 2026, in the person's time zone; of a date written as in JSON too."""
    if value is None:
        return "—"
    if isinstance(value, str):
        value = dt.date.fromisoformat(value)
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return f"{value.day} {value:%b %Y}"


def moment(value):
    """23 Nov 2026, 14:05, in the person's time zone."""
    return f"{day(value)}, {timezone.localtime(value):%H:%M}" if value is not None else "—"


_UNITS = (  # up to so many seconds: in this unit of so many seconds
    (45, "", 1),
    (3_600, "min", 60),
    (86_400, "h", 3_600),
    (86_400 * 45, "day", 86_400),
    (86_400 * 365, "month", 86_400 * 30.44),
    (float("inf"), "year", 86_400 * 365.25),
)


def ago(value):
    """ "3 h ago", "in 2 days": how far a date or time lies from now, in the one unit that matters."""
    if value is None:
        return "—"
    if not isinstance(value, dt.datetime):
        days = (timezone.localdate() - value).days
        if abs(days) < 2:
            return {0: "today", 1: "yesterday", -1: "tomorrow"}[days]
        seconds = days * 86_400
    else:
        seconds = (timezone.now() - value).total_seconds()
    size = abs(seconds)
    unit, per = next((unit, per) for limit, unit, per in _UNITS if size < limit)
    if not unit:
        return "just now"
    count = max(1, round(size / per))
    words = (
        f"{count} {unit}"
        if unit in ("min", "h")
        else ngettext(f"%(n)d {unit}", f"%(n)d {unit}s", count) % {"n": count}
    )
    return f"{words} ago" if seconds >= 0 else f"in {words}"


def plural(count, one, many):
    """ "1 session", "12 sessions"."""
    return f"{number(count)} {one if count == 1 else many}"


def clock(milliseconds):
    """14:09 or 1:02:09 of a position in a recording; empty for None."""
    if milliseconds is None:
        return ""
    seconds = milliseconds // 1000
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"


def lasting(milliseconds):
    """How long a recording is, in words: 45 s, 52 min, 1 h 12 min."""
    minutes = round(milliseconds / 60_000)
    if milliseconds < 60_000:
        return f"{max(1, round(milliseconds / 1000))} s" if milliseconds < 59_500 else "1 min"
    return (
        f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min".removesuffix(" 0 min")
    )


def paragraphs(value):
    """Plain text as HTML with its line breaks."""
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def environment(**options):
    """Our Jinja2 environment; Django's backend calls this with its own options."""
    env = jinja2.Environment(  # noqa: S701  (the backend's options turn autoescape on)
        **{**options, "undefined": jinja2.StrictUndefined},
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["gettext"] = env.globals["_"] = translated
    env.globals.update(
        url=url,
        static=staticfiles_storage.url,
        htmx_script=htmx_script,
        icon=icon,
        Can=Can,
        ui=Components(env),
        plural=plural,
        json_script=json_script,
        ACCEPTED_FILES=files.ACCEPT,
    )
    env.filters.update(
        number=number,
        money=money,
        day=day,
        moment=moment,
        ago=ago,
        clock=clock,
        lasting=lasting,
        markdown=text.markdown,
        plain=text.plain,
        paragraphs=paragraphs,
        file_size=files.in_words,
        in_words=words.of,
        said=talk.said,
        date_input=lambda value: formats.date_format(value, "Y-m-d") if value else "",
    )
    return env
