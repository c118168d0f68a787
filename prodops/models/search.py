"""The one index over everything, and the vocabulary that repairs typos."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from pgvector.django import HalfVectorField, HnswIndex

# The vector is missing or is of an older text.
OUTDATED = Q(embedded_key=None) | ~Q(embedded_key=F("meaning_key"))


class SearchEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows the role may read that are for everybody, for one of the person's teams, or for them."""
        from prodops.access import capabilities_of

        allowed = capabilities_of(user)
        return self.filter(capability__in=allowed).filter(
            Q(team_ids=None, user_ids=None)
            | Q(wide_capability__in=allowed)
            | Q(team_ids__overlap=user.team_ids)
            | Q(user_ids__contains=[user.pk])
        )


class SearchEntry(models.Model):
    """One findable thing. `capability` is what the reader's role must allow.

    `team_ids` and `user_ids` both null: everybody with the capability; else the teams and people named,
    and whoever's role allows `wide_capability`, where that is set.
    `document` weighs the title A and the body D over words without accents (see the migration).
    `facets` are tokens such as "study:12" and "method:interview" by which hits are counted and narrowed;
    `prodops.search` says which there are. `embedding` is of the text whose `meaning_key` is `embedded_key`:
    where the two differ, it is out of date or still to be made.
    """

    kind = models.CharField(max_length=30)  # "insight", "cue"
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    context = models.CharField(max_length=300, blank=True)  # where it stands: "Study · Session"
    capability = models.CharField(max_length=40)
    wide_capability = models.CharField(max_length=40, blank=True, default="")
    team_ids = ArrayField(models.BigIntegerField(), null=True)
    user_ids = ArrayField(models.BigIntegerField(), null=True)
    happened_at = models.DateTimeField()
    moment_ms = models.PositiveIntegerField(null=True)  # into the recording, of what was said in one
    facets = ArrayField(models.TextField(), default=list)
    document = models.GeneratedField(
        expression=Func(F("title"), F("body"), function="prodops_document"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    embedding = HalfVectorField(dimensions=384, null=True)
    meaning_key = models.GeneratedField(
        expression=Func(F("title"), F("body"), function="prodops_meaning_key"),
        output_field=models.UUIDField(),
        db_persist=True,
    )
    embedded_key = models.UUIDField(null=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [
            GinIndex(
                OpClass("kind", "text_ops"), F("document"), name="search_kind_document", fastupdate=False
            ),
            models.Index(fields=["kind", "-happened_at"], name="search_newest"),
            # the newest of a word that stands nearly everywhere, without sorting all it stands in
            models.Index(fields=["-happened_at", "-id"], name="search_newest_of_all"),
            GinIndex(fields=["facets"], name="search_facets", fastupdate=False),
            HnswIndex(
                fields=["embedding"],
                name="search_meaning",
                m=16,
                ef_construction=64,
                opclasses=["halfvec_cosine_ops"],
            ),
            models.Index(fields=["-id"], condition=OUTDATED, name="search_to_embed"),
            # the vector of the same text, said before, need not be made again
            models.Index(
                fields=["embedded_key"], condition=Q(embedding__isnull=False), name="search_embedded"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.title}"


class SearchLexeme(models.Model):
    """A word of the index and in how many entries it stands; words asked for that are not here are typos."""

    lexeme = models.TextField(primary_key=True)
    entries = models.PositiveIntegerField()

    class Meta:
        indexes = [GinIndex(OpClass("lexeme", "gin_trgm_ops"), name="search_lexeme_trigram")]

    def __str__(self):
        return self.lexeme
