"""Writing what a file holds, as far as it is not here; every row that is made is remembered for an undo.

Here the study and who took part; `vocabulary` writes its tags, `spoken` what was said and marked, `measuring`
surveys and results, `writings` insights and comments.
"""

from collections import defaultdict

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.access import Can, allowed
from prodops.models import CustomerAccount, Segment, Team
from prodops.services import slugs
from research.models import MaterialImport, Method, Participant, Study, StudyStatus, Tag, Visibility
from research.queries import typed_values

from . import matching, planning, values


class Taking:
    """One import at work. Every method may be called again: what is here by then is left alone."""

    def __init__(self, load, bundle, study, *, by, at):
        self.load, self.bundle, self.study, self.by, self.at = load, bundle, study, by, at
        self.people = matching.People(bundle, team=study.team if study else None, by=by)
        self.made = defaultdict(list, load.made)
        self.counts = defaultdict(int, load.counts)
        self.tags: dict[str, Tag] = {}
        self.participants: dict[str, Participant] = {}

    def remember(self, kind, rows):
        """Keep what was made, in the transaction that made it: an undo takes away what is kept here."""
        pks = [row.pk for row in rows]
        self.made[kind] += pks
        self.counts[kind] += len(pks)

    def save(self):
        MaterialImport.objects.filter(pk=self.load.pk).update(made=self.made, counts=self.counts)

    @transaction.atomic
    def take_study(self):
        """Open the study that the file is of, in the team that was chosen."""
        said = self.bundle.study.fields
        team = Team.objects.editable_by(self.by).get(pk=self.load.choices["team"])
        self.people = matching.People(self.bundle, team=team, by=self.by)
        self.study = Study.objects.create(
            guid=self.bundle.study.guid,
            slug=slugs.unused(Study, self.bundle.study.title),
            title=self.bundle.study.title or "Untitled",
            team=team,
            area=values.area_named(values.said(said, "area")),
            lead=self.people.or_me(values.said(said, "lead")),
            question=values.said(said, "question"),
            summary=values.said(said, "summary"),
            method=values.one_of(Method, values.said(said, "method"), Method.INTERVIEW),
            status=values.one_of(StudyStatus, values.said(said, "status"), StudyStatus.RUNNING),
            # never wider than it was: who was named elsewhere is not named here
            visibility=values.one_of(Visibility, values.said(said, "visibility"), Visibility.TEAM),
            started_on=values.day(values.said(said, "started_on")),
            ended_on=values.day(values.said(said, "ended_on")),
            properties=self.properties("research.study", said.get("properties")),
            created_by=self.people.or_me(values.said(said, "created_by")),
            created_at=values.moment(values.said(said, "created_at")) or self.at,
        )
        MaterialImport.objects.filter(pk=self.load.pk).update(study=self.study)
        self.load.study = self.study
        self.remember("study", [self.study])
        search.index(self.study)
        activity.record("study.created", on=self.study, by=self.by, at=self.at)
        self.save()

    def properties(self, subject, given):
        """The values of typed fields that this workspace has; people in them are looked up."""
        fields = typed_values.Incoming(subject)
        return fields.values(given, lambda guid: getattr(self.people.get(guid), "pk", None))

    @transaction.atomic
    def take_participants(self):
        accounts = planning.accounts_by_name(self.bundle)
        if allowed(self.by, Can.ACCOUNT_EDIT):
            for one in self.bundle.participants:
                if one.account and one.account.casefold() not in accounts:
                    accounts[one.account.casefold()] = self._account(one)
        self.participants = matching.known_participants(self.bundle, accounts)
        for one in self.bundle.participants:
            if one.guid in self.participants:
                continue
            account = accounts.get(one.account.casefold())
            try:
                with transaction.atomic():
                    made = Participant.objects.create(
                        guid=one.guid,
                        name=one.name[:120],
                        role=one.role[:120],
                        email=one.email,
                        account=account,
                    )
            except IntegrityError:  # the account is not here, and without it there is somebody of that name
                self.participants[one.guid] = Participant.objects.get(name__iexact=one.name, account=account)
                continue
            self.remember("participant", [made])
            self.participants[one.guid] = made
        self.save()

    def _account(self, one):
        segment = one.segment if one.segment in Segment.values else Segment.UNKNOWN
        name = one.account[:160]
        made = CustomerAccount.objects.create(
            name=name, slug=slugs.unused(CustomerAccount, name), segment=segment
        )
        self.remember("customeraccount", [made])
        search.index(made)
        return made
