"""A form of Fernway's own with some answers, and the survey that stands in its product."""

from coordination.formats.questions import Kind, Question
from coordination.models import Request, RequestAnswers, State, SurveyAnswer
from coordination.services import forms, widgets
from prodops.models import Event

COMMENTS = [
    (3, "Planning a tour with more than forty stops takes a minute each time I move one."),
    (10, "The new import finds the bad line at once. Saved us a day last week."),
    (6, "We would like to see the driver's position without opening the tour."),
    (8, "Good, but the phone app signs me out every morning."),
]
WEEKS = 12


def build(world):
    by = world.people["tomas"]
    form = _form(world, by)
    asks = {"form": form, "asks_nps": False, "origins": ["https://www.fernway.example"]}
    widgets.set_up(world.channels["sales-form"], by=by, at=world.moment(38), **asks)
    _survey(world, by)


def _form(world, by):
    at = world.moment(40)
    form = forms.make(
        name="Integration wish",
        outside_name="Connect us with another system",
        intro="For anything that another system should send us or take from us.",
        parts=["account", "deal", "effect", "urgency", "area"],
        by=by,
        at=at,
    )
    asked = [
        Question("", Kind.SHORT, "Which system?", "Which system of yours?", required=True),
        Question("", Kind.ONE, "Which way?", required=True, options=("Into ours", "Out of ours", "Both")),
        Question("", Kind.NUMBER, "How many orders a day?"),
        Question("", Kind.CHECKBOX, "They have a developer for it", internal=True),
    ]
    system, way, many, own = (forms.put_field(form, one, by=by, at=at) for one in asked)
    version = forms.publish(form, by=by, at=at)
    told = [
        ("SAP TM", "Both", "900", True),
        ("Sixfold", "Out of ours", "140", None),
        ("DATEV", "Into ours", "30", None),
    ]
    about = Request.objects.filter(state=State.NEW, title__iregex="integrat|export|api|sync|import")
    RequestAnswers.objects.bulk_create(
        RequestAnswers(
            request=request,
            version=version,
            values={
                key.key: value
                for key, value in zip((system, way, many, own), answers, strict=True)
                if value is not None
            },
        )
        for request, answers in zip(about.order_by("-submitted_at", "-pk")[:3], told, strict=False)
    )
    detail = Question("", Kind.LONG, "Which fields do they need?", when=way.key, when_is=("Both",))
    forms.put_field(form, detail, by=by, at=world.moment(3))  # a draft that is not yet published
    return form


def _survey(world, by):
    channel = world.channels["in-product"]
    origins = ["https://app.fernway.example"]
    widget = widgets.set_up(channel, by=by, at=world.moment(7 * WEEKS + 1), origins=origins, asks_csat=True)
    dice = world.dice("survey")
    accounts = [world.accounts[slug] for slug in sorted(world.accounts)]
    rows = []
    for number in range(26 * WEEKS):
        week = number // 26  # the score rises a little week by week
        account = dice.choice(accounts) if dice.random() < 0.6 else None
        rows.append(
            SurveyAnswer(
                channel=channel,
                once=f"demo-{number}",
                at=world.moment(
                    7 * (WEEKS - week) - dice.randint(0, 6), dice.randint(7, 18), dice.randint(0, 59)
                ),
                door="page",
                nps=min(10, max(0, round(dice.gauss(7.4 + week * 0.08, 2.2)))),
                csat=min(5, max(1, round(dice.gauss(3.8, 1)))) if dice.random() < 0.7 else None,
                signed=account is not None,
                person=f"u-{number}" if account else "",
                account=account,
            )
        )
    SurveyAnswer.objects.bulk_create(rows)
    for place, (score, words) in enumerate(COMMENTS):
        at = world.moment(2 + 4 * place, 11, 20)
        answer = widgets.take(
            widget, once=f"demo-words-{place}", door="page", at=at, nps=score, comment=words
        )
        # Nobody is told of what happened before the demo began
        about = Event.objects.filter(subject_type="coordination.request", subject_id=answer.request_id)
        about.update(delivered_at=at)
