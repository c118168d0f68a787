import datetime as dt
import hashlib
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from coordination.models import (
    BusinessCalendar,
    Channel,
    ChannelKind,
    DeclineReason,
    Delivery,
    DeliveryState,
    Promise,
    Proof,
    Request,
    RoadmapItem,
    Scheme,
    SlaPolicy,
    State,
    System,
    Urgency,
    Voice,
    WebhookEndpoint,
)
from coordination.models.webhook import digest_of
from coordination.services import impact
from prodops import search
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, UserFactory


class RequestFactory(DjangoModelFactory):
    """A request, indexed; `decided_by=` with `state=` makes a decided one."""

    class Meta:
        model = Request
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Request {n}")
    problem = "It takes them an hour every morning."
    affected = "Dispatchers"
    urgency = Urgency.NORMAL
    area = factory.SubFactory(ProductAreaFactory)
    submitter = factory.SubFactory(UserFactory)
    submitted_at = factory.LazyFunction(timezone.now)
    changed_at = factory.SelfAttribute("submitted_at")
    decided_at = factory.Maybe("decided_by", factory.SelfAttribute("submitted_at"), None)
    decided_by = None
    decision_reason = factory.LazyAttribute(
        lambda one: "It does not fit." if one.state == State.DECLINED else ""
    )
    state = State.NEW

    @factory.post_generation
    def indexed(self, create, extracted):
        search.index(self)


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = Channel

    name = factory.Sequence(lambda n: f"Channel {n}")
    slug = factory.Sequence(lambda n: f"channel-{n}")
    kind = ChannelKind.WEBHOOK
    owner = factory.SubFactory(UserFactory)
    created_by = factory.SelfAttribute("owner")
    created_at = factory.LazyFunction(timezone.now)


class DeclineReasonFactory(DjangoModelFactory):
    class Meta:
        model = DeclineReason
        django_get_or_create = ("slug",)

    slug = "not-now"
    name = "Not now"
    words = "This makes sense, but other work comes first for now. We look at it again."


class VoiceFactory(DjangoModelFactory):
    class Meta:
        model = Voice

    request = factory.SubFactory(RequestFactory)
    account = factory.SubFactory(CustomerAccountFactory)
    added_by = factory.SubFactory(UserFactory)
    added_at = factory.LazyFunction(timezone.now)
    revenue = Decimal("1000")
    currency = "EUR"

    @classmethod
    def _create(cls, model, *args, **kwargs):
        voice = super()._create(model, *args, **kwargs)
        impact.recount(voice.request_id, voice.request.root_id)
        voice.request.refresh_from_db(fields=["accounts_count", "arr_total", "stake_total"])
        return voice


class BusinessCalendarFactory(DjangoModelFactory):
    """Nine to five from Monday to Friday, without holidays."""

    class Meta:
        model = BusinessCalendar

    name = factory.Sequence(lambda n: f"Office {n}")
    zone = "UTC"
    week = factory.LazyFunction(lambda: [[[540, 1020]]] * 5 + [[], []])


class SlaPolicyFactory(DjangoModelFactory):
    class Meta:
        model = SlaPolicy

    name = factory.Sequence(lambda n: f"Policy {n}")
    calendar = factory.SubFactory(BusinessCalendarFactory)
    response_minutes = 60
    decision_minutes = 8 * 60
    warn_minutes = 30
    escalate_minutes = 60


class WebhookEndpointFactory(DjangoModelFactory):
    """The door of a webhook channel, opened by the token "hook_test"."""

    class Meta:
        model = WebhookEndpoint

    channel = factory.SubFactory(ChannelFactory)
    system = System.OTHER
    proof = Proof.HEADER
    scheme = Scheme.PRODOPS
    start = "hook_test"
    digest = digest_of("hook_test")
    made_at = factory.LazyFunction(timezone.now)


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    channel = factory.SubFactory(ChannelFactory)
    at = factory.LazyFunction(timezone.now)
    system = System.OTHER
    body = b'{"title": "Dates bounce"}'
    size = factory.LazyAttribute(lambda one: len(one.body))
    digest = factory.LazyAttribute(lambda one: hashlib.sha256(one.body).hexdigest())
    key = factory.Sequence(lambda n: f"key:{n}")
    state = DeliveryState.UNKNOWN
    why = "Neither the path of the title nor that of the text leads to words."
    settled_at = factory.SelfAttribute("at")


class RoadmapItemFactory(DjangoModelFactory):
    class Meta:
        model = RoadmapItem

    title = factory.Sequence(lambda n: f"Item {n}")
    owner = factory.SubFactory(UserFactory)
    area = factory.SubFactory(ProductAreaFactory)
    created_by = factory.SelfAttribute("owner")
    created_at = factory.LazyFunction(timezone.now)
    changed_at = factory.SelfAttribute("created_at")


class PromiseFactory(DjangoModelFactory):
    class Meta:
        model = Promise

    account = factory.SubFactory(CustomerAccountFactory)
    words = "It comes in spring."
    made_by = factory.SubFactory(UserFactory)
    made_on = dt.date(2026, 11, 2)
    due_on = dt.date(2027, 4, 1)
    created_at = factory.LazyFunction(timezone.now)
