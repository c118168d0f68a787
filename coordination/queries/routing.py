"""Which requests a rule matches: each rule's conditions are one `Q`, so any number of rules is one query."""

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    Func,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from coordination.matching import BrokenRule, Condition, read_conditions
from coordination.models import (
    Channel,
    FormDefinition,
    Request,
    RequestAnswers,
    RequestTag,
    RequestType,
    Rotation,
    SlaPolicy,
    Voice,
)
from prodops.models import ProductArea, Role, SearchEntry, Segment, Team, Tier, User

LAST = 1_000  # requests that a rule is tried on while it is written
TRIALS = 10_000  # of a rule on a request, for a page: with more than ten rules it looks at fewer requests
AMOUNT_FIELDS = {"arr": "arr_total", "stake": "stake_total"}
NOTHING, EVERYTHING = Q(pk__in=[]), Q(pk__isnull=False)


def compiled(conditions):
    """The conditions as one `Q` over `Request`."""
    found = Q()
    for one in conditions:
        found &= compiled_one(one)
    return found or EVERYTHING


def compiled_one(condition: Condition):
    kind, op, values = condition
    if kind in AMOUNT_FIELDS:
        return Q(**{f"{AMOUNT_FIELDS[kind]}__{'gte' if op == 'min' else 'lt'}": values[0]})
    if kind == "words":
        return _words(op, values)
    among = _SETS[kind](values)
    return among if op == "is" else ~among


def _one_of(field):
    def among(ids):
        some = [pk for pk in ids if pk]
        either = Q(**{f"{field}__in": some}) if some else NOTHING
        return either | Q(**{f"{field}__isnull": True}) if 0 in ids else either

    return among


def _tagged(ids):
    put_on = Request.tags.through.objects.filter(request=OuterRef("pk"), requesttag__in=ids)
    return Q(Exists(put_on))


def _voiced(field):
    def among(names):
        voices = Voice.objects.filter(**{f"account__{field}__in": names})
        return Q(Exists(voices.filter(request=OuterRef("pk"))))

    return among


def _written_in(codes):
    either = NOTHING
    for code in codes:
        either |= Q(language__iexact=code)
        if code:
            either |= Q(language__istartswith=f"{code}-") | Q(language__istartswith=f"{code}_")
    return either


def _filled_in(ids):
    answers = RequestAnswers.objects.filter(request=OuterRef("pk"))
    some = [pk for pk in ids if pk]
    either = Q(Exists(answers.filter(version__form__in=some))) if some else NOTHING
    return either | ~Q(Exists(answers)) if 0 in ids else either


_SETS = {
    "channel": _one_of("channel"),
    "form": _filled_in,
    "type": _one_of("type"),
    "area": _one_of("area"),
    "tag": _tagged,
    "tier": _voiced("tier"),
    "segment": _voiced("segment"),
    "language": _written_in,
}


def _phrase(words):
    """As the index has its texts: without accents, any form of a word, the words of a phrase in a row."""
    norm = Func(Value(words), function="public.prodops_norm", output_field=TextField())
    return SearchQuery(norm, config="pg_catalog.english", search_type="phrase")


def _words(op, phrases):
    entries = SearchEntry.objects.filter(kind="request", object_id=OuterRef("pk"))
    found = [Q(Exists(entries.filter(document=_phrase(one)))) for one in phrases]
    if op == "all":
        every = Q()
        for one in found:
            every &= one
        return every
    either = found[0]
    for one in found[1:]:
        either |= one
    return either if op == "any" else ~either


def flag(condition):
    """Whether a `Q` holds, as a column."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def readable(rules):
    """([(rule, its conditions)], {rule: why it cannot be tried}) of some rules."""
    good, broken = [], {}
    for rule in rules:
        try:
            good.append((rule, read_conditions(rule.conditions)))
        except BrokenRule as error:
            broken[rule] = str(error)
    return good, broken


def matched(request, rules):
    """Those of `rules`, (rule, conditions), that match the request, in their order: one query."""
    return matched_many([request.pk], rules).get(request.pk, [])


def matched_many(ids, rules):
    """{request id: [the rules that match it]} of `rules`, (rule, conditions), in their order: one query."""
    if not rules:
        return {pk: [] for pk in ids}
    flags = {f"rule_{place}": flag(compiled(conditions)) for place, (_, conditions) in enumerate(rules)}
    rows = Request.objects.filter(pk__in=ids).annotate(**flags).order_by().values_list("pk", *flags)
    return {pk: [rule for (rule, _), holds in zip(rules, held, strict=True) if holds] for pk, *held in rows}


def last(newest=LAST):
    """The newest `newest` requests, whatever became of them."""
    ids = Request.objects.order_by("-submitted_at", "-pk").values("pk")[:newest]
    return Request.objects.filter(pk__in=ids)


def newest_for(rules):
    """On how many of the newest requests so many rules are tried for a page: at most `LAST`, at least 50."""
    return max(50, min(LAST, TRIALS // max(rules, 1)))


def tags_with_counts():
    """All tags, each with on how many `requests` it stands."""
    through = Request.tags.through.objects.filter(requesttag=OuterRef("pk")).order_by()
    counted = through.values("requesttag").annotate(n=Count("pk")).values("n")
    return RequestTag.objects.annotate(requests=Coalesce(Subquery(counted), 0))


def names():
    """{kind: {value: name}} of what conditions name by id, in one query, and by a word."""
    found = {kind: dict(rows) for kind, rows in _named(_CONDITIONS).items()}
    return found | {"tier": dict(Tier.choices), "segment": dict(Segment.choices)}


def rule_choices():
    """{kind: [(id, name)]} of all that a rule may ask for or do, by name, in one query."""
    found = _named(
        {
            **_CONDITIONS,
            "team": Team.objects.all(),
            "assignee": User.objects.active().exclude(role=Role.SUBMITTER),
            "rotation": Rotation.objects.all(),
            "policy": SlaPolicy.objects.live(),
        }
    )
    return {kind: sorted(rows, key=lambda row: row[1].casefold()) for kind, rows in found.items()}


_CONDITIONS = {
    "channel": Channel.objects.all(),
    "form": FormDefinition.objects.all(),
    "type": RequestType.objects.all(),
    "area": ProductArea.objects.all(),
    "tag": RequestTag.objects.all(),
}


def _named(kinds):
    first, *others = (
        rows.order_by().values_list(Value(kind, TextField()), "pk", "name") for kind, rows in kinds.items()
    )
    found: dict[str, list] = {kind: [] for kind in kinds}
    for kind, pk, name in first.union(*others, all=True):
        found[kind].append((pk, name))
    return found
