"""Events as people say them: "Maya Lindqvist published this insight"."""

from prodops.access import allowed

_sentences: dict[str, str] = {}
_readers: dict[str, object] = {}  # verb: the capability that reading of it takes
SILENT = ("comment.", "attachment.")  # these stand on the page themselves


def register(verb, sentence, *, can=None):
    """Say `verb` as `sentence`, which follows the name of who did it: "moved this to {state}".

    A name in braces is taken from the event's `data`; where that lacks it, the fallback is said.
    Where `can` is given, a history shows the event only to people with that capability.
    """
    _sentences[verb] = sentence
    if can:
        _readers[verb] = can


def of(event):
    """What was done, as words that follow a name."""
    sentence = _sentences.get(event.verb)
    if sentence:
        try:
            return sentence.format(**event.data)
        except (KeyError, IndexError, ValueError):
            pass
    return _from_verb(event)


def _from_verb(event):
    """ "created this study" of a study's "study.created"; "removed a highlight" of a session's event."""
    noun, _, done = event.verb.rpartition(".")
    noun, done = noun.rpartition(".")[2].replace("_", " "), done.replace("_", " ")
    if not noun:
        return done
    if event.subject_type.rpartition(".")[2] == noun.replace(" ", ""):
        return f"{done} this {noun}"
    return f"{done} {'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def history_of(events, user, limit=30):
    """The newest `limit` of a subject's events that `user` may read of.

    Comments and files are left out: they stand on the page themselves.
    """
    for prefix in SILENT:
        events = events.exclude(verb__startswith=prefix)
    unread = [verb for verb, can in _readers.items() if not allowed(user, can)]
    return events.exclude(verb__in=unread)[:limit]
