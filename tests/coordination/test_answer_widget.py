import datetime as dt
import json

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from coordination.formats.questions import Kind, Question, for_customers
from coordination.formats.visitors import Visitor, may_call, origin_of, signature, vouched
from coordination.models import ChannelKind, Request, SurveyAnswer, Widget
from coordination.services import forms, widgets
from coordination.views import widget_gate
from tests.coordination.samples_forms import built_form, widget_of
from tests.factories.coordination import ChannelFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
HOME = "https://app.example.com"


def _token(widget, age=10, once="a", version=0):
    parts = [widget.pk, once, int(timezone.now().timestamp()) - age, version]
    return signing.dumps(parts, salt=widget_gate.SALT)


def _post(client, widget, *, query="", **data):
    return client.post(widget.get_page_url() + query, {"token": _token(widget), **data})


def _call(client, widget, body, **headers):
    url = reverse("coordination:widget_json", args=[widget.key])
    body = json.dumps(body) if isinstance(body, dict) else body
    return client.post(url, body, "application/json", headers={"Origin": HOME} | headers)


def test_the_page_is_framed_by_its_list_alone_without_script_cookie_or_session(client, ops):
    widget = widget_of(ops)
    page = client.get(widget.get_page_url())
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-ancestors {HOME}" in policy
    assert "script-src 'none'" in policy
    assert "X-Frame-Options" not in page.headers
    assert not page.cookies
    assert b"<script" not in page.content
    widgets.set_up(widget.channel, by=ops, at=timezone.now(), origins=[])
    assert "frame-ancestors 'none'" in client.get(widget.get_page_url()).headers["Content-Security-Policy"]


def test_words_become_a_request_a_mere_score_does_not_and_each_page_counts_once(client, ops):
    widget = widget_of(ops)
    for _ in range(2):
        done = _post(client, widget, nps="3", comment="The import loses dates.\nEvery time.")
    assert widget.thanks_words in done.content.decode()
    client.post(widget.get_page_url(), {"token": _token(widget, once="b"), "nps": "10"})
    score, words = SurveyAnswer.objects.all()
    assert (score.nps, score.request, words.nps, words.signed) == (10, None, 3, False)
    assert (words.request.title, words.request.channel) == ("The import loses dates.", widget.channel)
    assert Request.objects.count() == 1
    empty = client.post(widget.get_page_url(), {"token": _token(widget, once="c")})
    assert empty.status_code == 422
    assert "Answer at least one question." in empty.content.decode()


def test_robots_haste_old_pages_and_too_many_are_kept_out(client, ops, monkeypatch):
    widget, other = widget_of(ops), widget_of(ops)
    thanked = _post(client, widget, nps="9", comment="Buy this", website="https://spam.example")
    assert widget.thanks_words in thanked.content.decode()
    for token, status in (
        (_token(widget, age=1), 425),
        (_token(widget, age=90_000), 409),
        (_token(other), 409),
        ("nonsense", 409),
    ):
        assert client.post(widget.get_page_url(), {"token": token, "nps": "9"}).status_code == status
    assert not SurveyAnswer.objects.exists()
    monkeypatch.setattr(widget_gate, "PER_ADDRESS", 3)
    tries = [
        client.post(widget.get_page_url(), {"token": _token(widget, once=str(n)), "nps": "9"}).status_code
        for n in range(4)
    ]
    assert tries == [200] * 4  # nobody is told: what is too much waits for a person
    assert SurveyAnswer.objects.held().count() + SurveyAnswer.objects.taken().count() == 4
    assert SurveyAnswer.objects.held().exists()
    monkeypatch.setattr(widget_gate, "MOST", 1)
    flood = client.post(widget.get_page_url(), {"token": _token(widget, once="flood"), "nps": "9"})
    assert flood.status_code == 429


def test_whom_the_page_vouches_for_is_known_and_nobody_else(client, ops):
    account = CustomerAccountFactory(name="Pell & Sons")
    colleague = UserFactory(email="jo@pell.example")
    widget = widget_of(ops)
    secret = widgets.new_secret(widget.channel, by=ops, at=timezone.now())
    visitor = Visitor("u-1", "jo@pell.example", "Pell & Sons")
    query = "?user=u-1&email=jo%40pell.example&account=Pell+%26+Sons&signature="
    _post(client, widget, nps="2", comment="Slow.", query=query + signature(visitor, "guessed"))
    unsigned = SurveyAnswer.objects.get()
    assert (unsigned.signed, unsigned.account, unsigned.email) == (False, None, "")
    assert unsigned.request.submitter != colleague
    assert unsigned.request.sent_by == "A visitor"
    widgets.new_secret(widget.channel, by=ops, at=timezone.now())  # the one before holds a day
    body = {"token": _token(widget, once="b"), "nps": 9, "comment": "Fast now."}
    who = {"user": "u-1", "email": "jo@pell.example", "account": "Pell & Sons"}
    assert _call(client, widget, body | who | {"signature": signature(visitor, secret)}).status_code == 201
    signed = SurveyAnswer.objects.first()
    assert (signed.signed, signed.account, signed.person) == (True, account, "u-1")
    assert (signed.request.submitter, signed.request.accounts_count) == (colleague, 1)
    later = timezone.now() + dt.timedelta(days=2)
    assert len(widgets.secrets_of(Widget.objects.get(), at=later)) == 1


def test_json_is_for_the_pages_of_the_list_and_answers_what_is_wrong_never_500(client, ops):
    widget = widget_of(ops)
    url = reverse("coordination:widget_json", args=[widget.key])
    before = client.options(url, headers={"Origin": HOME, "Access-Control-Request-Method": "POST"})
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (204, HOME)
    stranger = client.options(url, headers={"Origin": "https://evil.example"})
    assert (stranger.status_code, "Access-Control-Allow-Origin" in stranger.headers) == (403, False)
    asked = client.get(url, headers={"Origin": HOME}).json()
    assert (asked["questions"]["nps"]["to"], "token" in asked) == (10, True)
    for body, status in (
        ("[]", 400),
        ('{"token":', 400),
        ("[" * 50_000, 400),
        ({"token": ["x"], "nps": 9}, 409),
        ({"token": _token(widget), "nps": 11}, 422),
        ({"token": _token(widget), "nps": {"a": 1}, "answers": "x"}, 422),
        ({"token": _token(widget), "user": [1], "email": {}, "comment": [None]}, 422),
        ({"token": _token(widget), "comment": "\ud83d \0 x"}, 201),
    ):
        assert _call(client, widget, body).status_code == status, body
    assert client.post(url, "x=1", "application/x-www-form-urlencoded").status_code == 415


def test_customers_fill_in_a_web_form_in_their_words_and_not_what_is_internal(client, ops, now):
    form = built_form(ops)
    channel = ChannelFactory(kind=ChannelKind.FORM, owner=ops)
    fields = {"form": form, "asks_nps": False, "asks_text": False, "origins": []}
    widget = widgets.set_up(channel, by=ops, at=now, **fields)
    way, often = (f"q_{one.key}" for one in form.versions.first().questions)
    assert _post(client, widget, **{way: "Pull"}).status_code == 422
    _post(client, widget, **{way: "Pull", often: "12"}, name="Jo", email="jo@pell.example")
    request = Request.objects.get()
    assert request.answered.rows() == [("Which way?", "Pull"), ("How often a day?", "12")]
    assert (request.author_name, request.author_email) == ("Jo", "")  # an address that nobody checked
    # Whoever opened the page before a new version was published loses nothing of what it asked
    first = form.versions.first()
    forms.remove_field(form, often.removeprefix("q_"), by=ops, at=now)
    forms.publish(form, by=ops, at=now)
    begun = _token(widget, once="b", version=first.pk)
    client.post(widget.get_page_url(), {"token": begun, way: "Pull", often: "0"})
    assert Request.objects.first().answered.rows() == [("Which way?", "Pull"), ("How often a day?", "0")]


def test_customers_are_asked_nothing_that_depends_on_what_they_never_see(ops, now):
    form = built_form(ops)
    whose = forms.put_field(form, Question("", Kind.ACCOUNT, "Which account?"), by=ops, at=now)
    since = Question("", Kind.DATE, "Customer since", when=whose.key)
    forms.put_field(form, since, by=ops, at=now)
    with pytest.raises(forms.CannotChange, match="customers are never asked"):
        forms.publish(form, by=ops, at=now)
    asked = forms.latest(form).questions
    assert [one.label for one in for_customers(asked)] == ["Which way?", "How often a day?"]


def test_words_for_colleagues_stay_inside(client, ops, now):
    form = forms.make(name="Churn risks", by=ops, at=now)
    said = Question(
        "", Kind.SHORT, "Why at risk?", "What is missing?", "Ask Kim first", outside_help="Briefly"
    )
    forms.put_field(form, said, by=ops, at=now)
    forms.publish(form, by=ops, at=now)
    channel = ChannelFactory(kind=ChannelKind.FORM, owner=ops)
    widget = widgets.set_up(channel, by=ops, at=now, form=form, asks_nps=False, origins=[HOME])
    page = client.get(widget.get_page_url()).content.decode()
    asked = client.get(reverse("coordination:widget_json", args=[widget.key])).content.decode()
    for text in (page, asked):
        assert ("What is missing?" in text, "Briefly" in text) == (True, True)
        assert not any(words in text for words in ("Churn risks", "at risk", "Ask Kim"))


def test_the_limits_know_a_household_and_lock_out_no_signed_visitor(client, ops, monkeypatch):
    widget = widget_of(ops)
    monkeypatch.setattr(widget_gate, "PER_ADDRESS", 3)
    monkeypatch.setattr(widget_gate, "PER_CHANNEL", 1)

    def send(n, address, query="", **data):
        data = {"token": _token(widget, once=f"{address}{n}"), "nps": "9", **data}
        return client.post(widget.get_page_url() + query, data, REMOTE_ADDR=address)

    spam = [send(n, f"2001:db8:0:1::{n}", website="x").status_code for n in range(1, 6)]
    assert spam == [200] * 5  # thanked and forgotten, and none of them counts for the channel
    assert not SurveyAnswer.objects.exists()
    assert send(6, "2001:db8:0:1::6").status_code == 200
    assert SurveyAnswer.objects.get().held_at  # its household sent five before
    assert send(1, "2001:db8:0:2::1").status_code == 200
    assert SurveyAnswer.objects.held().count() == 2  # the channel's second
    monkeypatch.setattr(widget_gate, "MOST", 1)
    busy = send(2, "2001:db8:0:2::2")
    assert (busy.status_code, "can be kept" in busy.content.decode()) == (429, True)
    secret = widgets.new_secret(widget.channel, by=ops, at=timezone.now())
    query = "?user=u-1&signature=" + signature(Visitor("u-1"), secret)
    assert send(3, "198.51.100.7", query).status_code == 200
    assert SurveyAnswer.objects.first().held_at is None


def test_what_came_over_the_limit_is_held_until_a_person_lets_it_in(client, as_, ops, monkeypatch, now):
    form = built_form(ops)
    channel = ChannelFactory(kind=ChannelKind.FORM, owner=ops)
    widget = widgets.set_up(channel, by=ops, at=now, form=form, asks_nps=True, origins=[HOME])
    version = form.versions.filter(published_at__isnull=False).get()
    way, often = (f"q_{one.key}" for one in version.questions)
    monkeypatch.setattr(widget_gate, "crowded", lambda widget, now: True)
    for n, more in enumerate(({"comment": "We wait an hour.", "name": "Jo"}, {"comment": "Buy this"}, {})):
        data = {"token": _token(widget, once=str(n)), "nps": "2", way: "Pull", often: "12", **more}
        assert client.post(widget.get_page_url(), data).status_code == 200
    assert not Request.objects.exists()
    page = as_(ops).get(reverse("coordination:survey_held", args=[channel.slug])).text
    assert ("We wait an hour." in page, "Buy this" in page) == (True, True)
    assert "3 answers are held" in as_(ops).get(channel.get_absolute_url()).text
    results = reverse("coordination:survey_results", args=[channel.slug])
    assert "0 answers" in as_(ops).get(results).text
    _, spam, first = SurveyAnswer.objects.all()
    as_(ops).post(reverse("coordination:survey_throw_out", args=[channel.slug]), {"pk": [spam.pk]})
    as_(ops).post(reverse("coordination:survey_let_in", args=[channel.slug]), {"pk": [first.pk]})
    request = Request.objects.get()
    assert (request.sent_by, request.problem.partition("\n")[0]) == ("Jo", "We wait an hour.")
    assert request.answered.rows() == [("Which way?", "Pull"), ("How often a day?", "12")]
    assert request.submitted_at == first.at
    as_(ops).post(reverse("coordination:survey_let_in", args=[channel.slug]), {"all": "1"})
    assert Request.objects.first().sent_by == widgets.A_VISITOR
    assert not SurveyAnswer.objects.held().exists()
    assert "2 answers" in as_(ops).get(results).text


def test_results_show_scores_with_their_interval_and_what_was_written(as_, client, ops, member, submitter):
    widget = widget_of(ops, asks_csat=True)
    for n, score in enumerate([10, 9, 9, 8, 3]):
        widgets.take(
            widget, once=str(n), door="page", at=timezone.now(), nps=score, csat=5, comment="Hm" * (n == 4)
        )
    url = reverse("coordination:survey_results", args=[widget.channel.slug])
    page = as_(member).get(url).content.decode()
    assert "5 answers, of which 0 known by signature; 1 came in as requests" in page
    assert "<b>40</b>" in page.replace("\n", "")
    assert "Hm" in as_(member).get(f"{url}?which=detractors").content.decode()
    assert as_(submitter).get(url).status_code == 403


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://App.Example.com/", "https://app.example.com"),
        ("https://*.example.com:443", "https://*.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("javascript:alert(1)", None),
        ("https://a.example/path", None),
        ("https://a.example; script-src *", None),
        ("*", None),
    ],
)
def test_an_address_of_a_site_is_read_as_browsers_send_it(text, origin):
    assert origin_of(text) == origin


def test_below_a_star_is_not_beside_it():
    assert may_call("https://a.b.example.com", ["https://*.example.com"])
    assert not may_call("https://example.com", ["https://*.example.com"])
    assert not may_call("https://evilexample.com", ["https://*.example.com"])
    assert not may_call("http://a.example.com", ["https://*.example.com"])
    assert not may_call("null", ["https://*.example.com"])


def test_a_signature_is_of_all_that_is_said_and_runs_out():
    visitor = Visitor("u", "e@x.example", "Acme", "1000")
    signed = signature(visitor, "s")
    assert vouched(visitor, signed, ["other", "s"], now=999)
    assert not vouched(visitor, signed, ["s"], now=1000)
    assert not vouched(Visitor("u", "e@x.example", "Other", "1000"), signed, ["s"], now=999)
    assert not vouched(visitor, "é", ["s"], now=999)
    doubled = Visitor("u\ne@x.example", "", "Acme", "1000")
    assert not vouched(doubled, signature(doubled, "s"), ["s"], now=999)
    assert not vouched(Visitor(), signature(Visitor(), "s"), ["s"], now=0)
