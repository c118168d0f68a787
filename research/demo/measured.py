"""What the demo company measured: a survey of dispatchers, a usability test, and its typed fields."""

import csv
import io

from prodops import activity, search
from prodops.services import custom_fields
from research.models import (
    EvidenceKind,
    Insight,
    Method,
    Participant,
    Session,
    SessionKind,
    Study,
    StudyStatus,
    SurveyAnswer,
)
from research.services import highlights, insights, survey_imports, usability
from research.synthesis.usability import Attempt

RESPONDENTS = 124
HEADER = (
    *(
        "Respondent ID",
        "Submitted",
        "Company size",
        "How likely are you to recommend Fernway to a colleague?",
    ),
    *("How satisfied are you with the planning board?", "The board shows me what needs attention first"),
    *("Which of these cost you the most time?", "How often do you plan outside the board?"),
    "What should we change first?",
)
SIZES = (("Under 20 trucks", 0.42, 0.6), ("20 to 100 trucks", 0.38, 0.0), ("Over 100 trucks", 0.2, -0.9))
SATISFIED = ("Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied")
AGREES = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
OFTEN = ("Never", "Rarely", "Sometimes", "Often", "Always")
COSTS = ("Replanning", "Phone calls", "Import errors", "Driver messages", "Invoices")
# what people wrote, the tags of those somebody has read already
SAID = (
    ("Show me why a route changed. I find out from the driver.", ("audit-trail", "frustration")),
    ("Too many colours. When everything is red I stop looking.", ("board-overload",)),
    ("Let me try a plan without sending it to the drivers.", ("what-if",)),
    ("I keep the real plan in a spreadsheet and copy it over at noon.", ("workaround-spreadsheet",)),
    ("The arrival times are guesses after ten o'clock.", ("stale-eta", "data-trust")),
    ("Opening hours of the receivers have no field, so I phone.", ("constraint-missing", "workaround-phone")),
    ("Moving one load takes six clicks on the small screen.", ("drag-drop",)),
    ("Nothing urgent. It has saved me an hour a day since spring.", ("time-saved", "delight")),
    ("A list of what went wrong since yesterday, not another map.", ("board-overload",)),
    ("Twice the same truck was booked and nobody was told.", ("double-booking",)),
    ("Larger type. I sit two metres from the wall screen.", ("accessibility",)),
    ("Messages from drivers should stand beside their load.", ("driver-messaging",)),
)
ENDINGS = ("", " Otherwise fine.", " We asked for it last year as well.", " My colleagues say the same.")
TASKS = (
    ("Find the load that is late", "Names the right load without help", 0.95, 38),
    ("Move it to another truck", "The move is saved and the driver told", 0.75, 85),
    ("Say why the plan changed", "Finds who changed what", 0.45, 140),
    ("Try another plan and throw it away", "No driver is told", 0.3, 190),
    ("Tell the customer when it arrives", "The customer sees the new time", 0.85, 64),
)
TESTERS = (
    *(("Marit Solberg", "northwind-freight"), ("Callum Reid", "calder-haulage")),
    *(("Femke de Boer", "brightwater-logistics"), ("Tomáš Havel", "ostrava-trans")),
    *(("Aylin Kaya", "northwind-freight"), ("Greg Mills", "calder-haulage")),
    *(("Noor Bakker", "brightwater-logistics"), ("Petra Klimt", "ostrava-trans")),
)


def build(world):
    survey = _survey(world)
    test = _test(world)
    _fields(world)
    _cite(world, survey, test)


def _study(world, key, title, question, method, days_ago):
    lead = world.people["ines"]
    study = Study.objects.create(
        slug=key,
        title=title,
        question=question,
        method=method,
        area=world.areas["planning-board"],
        team=world.teams["planning"],
        lead=lead,
        status=StudyStatus.CLOSED,
        started_on=world.day(days_ago),
        ended_on=world.day(days_ago - 14),
        created_by=lead,
        created_at=world.moment(days_ago + 2, 9),
    )
    world.studies[key] = study
    search.index(study)
    activity.record("study.created", on=study, by=lead, at=study.created_at)
    return study


def _survey(world):
    study = _study(
        world,
        "planning-board-survey",
        "The planning board in numbers",
        "How content are dispatchers with the board, and where does their time go?",
        Method.SURVEY,
        52,
    )
    by, at = study.lead, world.moment(37, 14)
    load = survey_imports.stage(
        study, data=_answers(world), file_name="Planning board autumn.csv", by=by, at=at
    )
    survey_imports.confirm(load, by=by, at=at)
    load.refresh_from_db()
    survey = load.survey
    world.sessions[f"{study.slug}/survey"] = survey.session
    _tag(world, survey, by)
    return survey


def _answers(world):
    """The export: sizes differ in how content they are, and one row has a slip of the pen."""
    dice = world.dice("research.survey")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    sizes, shares = [row[0] for row in SIZES], [row[1] for row in SIZES]
    for number in range(1, RESPONDENTS + 1):
        size = dice.choices(sizes, shares)[0]
        mood = dice.gauss(dict((row[0], row[2]) for row in SIZES)[size], 1.1)
        step = min(4, max(0, round(2.3 + mood)))
        said = ""
        if dice.random() < 0.6:
            said = dice.choice(SAID)[0] + dice.choice(ENDINGS)
        writer.writerow(
            [
                f"FW-{number:04}",
                world.day(50 - number * 13 // RESPONDENTS).isoformat(),
                size,
                "eight" if number == 77 else min(10, max(0, round(7.4 + 1.7 * mood))),
                [*SATISFIED, "Very satisfied"][step],
                AGREES[min(4, max(0, round(2.0 + dice.gauss(mood, 0.8))))],
                "; ".join(dice.sample(COSTS, dice.choice((1, 2, 2, 3)))),
                OFTEN[min(4, max(0, round(2.4 - 0.7 * mood)))],
                said,
            ]
        )
    return out.getvalue().encode()


def _tag(world, survey, by):
    """The first answer of each sort is tagged; the rest wait to be read."""
    waiting = dict(SAID)
    answers = SurveyAnswer.objects.filter(question__survey=survey, cue__isnull=False)
    rows = answers.order_by("cue__position").values_list("cue", "cue__text")
    for cue, text in rows:
        quote = next((said for said in waiting if text.startswith(said)), None)
        if quote is None:
            continue
        highlights.mark(
            survey.session,
            start_cue=cue,
            start=0,
            end_cue=cue,
            end=len(quote),
            quote=quote,
            tagged=[world.tags[slug] for slug in waiting.pop(quote)],
            by=by,
            at=world.moment(33, 10),
        )


def _test(world):
    study = _study(
        world,
        "planning-board-test",
        "Can dispatchers replan on the new board alone?",
        "Do people who plan every day finish five ordinary tasks on the new board without help?",
        Method.UNMODERATED_TEST,
        30,
    )
    by, dice = study.lead, world.dice("research.usability")
    rows = [(None, title, criterion) for title, criterion, *_ in TASKS]
    usability.arrange(study, rows, by=by, at=world.moment(29, 9))
    tasks = list(study.tasks.order_by("position"))
    for number, (name, account) in enumerate(TESTERS):
        person, _ = Participant.objects.get_or_create(
            name=name, account=world.accounts[account], defaults={"role": "Dispatcher"}
        )
        session = Session.objects.create(
            study=study,
            title=f"Unmoderated test, {name}",
            kind=SessionKind.UNMODERATED_TEST,
            held_on=world.day(28 - number),
            participant=person,
            created_by=by,
            created_at=world.moment(28 - number, 16),
        )
        world.sessions[f"{study.slug}/t{number + 1}"] = session
        search.index(session)
        results = {task: _attempt(dice, row) for task, row in zip(tasks, TASKS, strict=True)}
        liked = dice.choice((3, 4, 4, 5))
        sus = [
            min(5, max(1, (liked if item % 2 == 0 else 6 - liked) + dice.choice((-1, 0, 0, 0, 1))))
            for item in range(10)
        ]
        usability.record(session, results=results, sus=sus, by=by, at=world.moment(28 - number, 17))
    return study


def _attempt(dice, row):
    _, _, ease, usual = row
    luck = dice.random()
    outcome = "success" if luck < ease else "partial" if luck < ease + 0.25 else "fail"
    slower = {"success": 1.0, "partial": 1.6, "fail": 2.2}[outcome]
    slips, eases = {
        "success": ((0, 0, 1), (5, 6, 7)),
        "partial": ((1, 2), (3, 4, 5)),
        "fail": ((2, 3, 5), (1, 2, 3)),
    }[outcome]
    seconds = round(usual * slower * dice.lognormvariate(0, 0.35))
    return Attempt(outcome, seconds, dice.choice(slips), dice.choice(eases))


def _fields(world):
    by, at = world.people["ines"], world.moment(60, 9)

    def add(subject, name, kind, **more):
        return custom_fields.create(subject, name=name, kind=kind, by=by, at=at, **more)

    releases = ("Spring release", "Summer release", "Autumn release")
    release = add("research.study", "For release", "select", options=releases)
    brief = add("research.study", "Brief", "url", help_text="Where the brief of the study is.")
    language = add("research.session", "Language", "select", options=("English", "German", "Czech", "Dutch"))
    size = add("research.insight", "Opportunity", "select", options=("Small", "Medium", "Large"))
    keys = [one["key"] for one in release.options]
    for place, study in enumerate(world.studies.values()):
        values = {release.key: keys[place % len(keys)]}
        if place % 3 == 0:
            values[brief.key] = f"https://wiki.fernway.example/briefs/{study.slug}"
        Study.objects.filter(pk=study.pk).update(properties=values)
    spoken = [one["key"] for one in language.options]
    for place, key in enumerate(spoken):
        held = [one.pk for one in list(world.sessions.values())[place :: len(spoken)]]
        Session.objects.filter(pk__in=held).update(properties={language.key: key})
    sizes = [one["key"] for one in size.options]
    for place, insight in enumerate(world.insights.values()):
        Insight.objects.filter(pk=insight.pk).update(properties={size.key: sizes[place % len(sizes)]})


CITED = (
    ("The trouble is not how much the board shows but that all of it shouts alike", "attention first", None),
    ("Planners decide off the board because every move on it is already an order", None, "throw it away"),
)


def _cite(world, survey, study):
    """Two insights stand on a result as well."""
    by, at = world.people["ines"], world.moment(20, 15)
    for title, asked, tried in CITED:
        insight = world.insights[title]
        question = survey.questions.get(text__contains=asked) if asked else None
        task = study.tasks.select_related("study").get(title__contains=tried) if tried else None
        insights.cite_result(insight, question=question, task=task, by=by, at=at, kind=EvidenceKind.SUPPORTS)
