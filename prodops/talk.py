"""The talk under a thing: comments, files and history, on any page in two lines.

In a view, with `insight` loaded by `visible_to`:

    context = {"insight": insight, "talk": talk_about(request, insight)}

and in its template, where the talk shall stand (usually the end of the main column):

    {{ ui.talk(talk, csrf_input) }}

The model is registered with `prodops.subjects.register(label, can_read)`, and has `visible_to(user)`,
`get_absolute_url()` and `str()`; a field `owner`, where there is one, is told of comments. The block
costs two queries whatever its length, and none where the template does not show it; history is loaded
when somebody opens it.
"""

import re
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, OuterRef
from markupsafe import Markup, escape

from prodops import activity, subjects, text, words
from prodops.access import Can, allowed
from prodops.models import Attachment, Comment, User

SHOWN = 100  # comments, before one asks for the earlier ones
MOST = 2_000
_TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')


def _in_array(value, array):
    """SQL's `value = ANY(array)`, which Django has no lookup for."""
    return Func(
        value, array, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()
    )


class Talk:
    """What `ui.talk` shows. `error` and `body` are those of a comment that could not be added."""

    def __init__(self, user, subject, *, everything=False, error="", body="", file_error=""):
        self.user = user
        self.subject = subject
        self.label = subject._meta.label_lower
        self.pk = subject.pk
        self.error, self.body, self.file_error = error, body, file_error
        self.everything = everything
        self.may_write = allowed(user, Can.COMMENT)
        self.takes_comments = subjects.takes_comments(self.label)

    @cached_property
    def _newest(self):
        most = MOST if self.everything else SHOWN
        named = User.objects.filter(_in_array(F("pk"), OuterRef("mentions"))).order_by("pk")
        rows = (
            Comment.objects.about(self.subject)
            .for_list()
            .annotate(named=ArraySubquery(named.values_list("name")))
            .order_by("-at", "-pk")[: most + 1]
        )
        return list(rows), most

    @property
    def comments(self):
        """Oldest first, the newest of them all."""
        rows, most = self._newest
        return rows[:most][::-1]

    @property
    def more(self):
        """Whether there are earlier comments than those shown."""
        rows, most = self._newest
        return len(rows) > most

    @cached_property
    def files(self):
        return list(Attachment.objects.about(self.subject).for_list())

    @cached_property
    def events(self):
        return list(words.history_of(activity.history(self.subject), self.user))


def talk_about(request, subject):
    """The talk under `subject`, which the view has loaded as one that the person may see."""
    return Talk(request.user, subject)


def said(comment):
    """The comment's body as HTML, the names of people it mentions marked."""
    html = text.markdown(comment.body)
    names = sorted(comment.named, key=len, reverse=True)
    if not names:
        return html
    either = "|".join(re.escape(str(escape(name))) for name in names)
    mention = re.compile(rf"@(?:{either})(?!\w)", re.IGNORECASE)
    parts = _TAG.split(html)  # text at even places, tags at odd ones: an address is left alone
    parts[::2] = [mention.sub(r'<span class="mention">\g<0></span>', part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704  (cleaned Markdown, and names that stood in it)
