"""The scheduled link check: what may be called, what is noted, who is told."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from metrics.formats import hosts
from metrics.models import CheckedHost, Dashboard, LinkState
from metrics.services import dashboards
from metrics.services import links as service
from metrics.sources import links
from prodops.models import Event, Notification
from tests.factories.dashboards import DashboardFactory

PUBLIC = "93.184.216.34"


class Web:
    """A web of names: what each resolves to, and what each path answers. It notes who was called."""

    def __init__(self, monkeypatch):
        self.names: dict[str, list] = {"bi.example.com": [PUBLIC]}
        self.answers: dict[str, tuple] = {}
        self.called: list = []
        self.asked: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)
        monkeypatch.setattr(links, "_send", self.send)

    def resolve(self, host, port, **_):
        self.asked.append(host)
        found = self.names.get(host)
        if found is None:
            raise socket.gaierror
        addresses = found.pop(0) if found and isinstance(found[0], list) else found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def send(self, client, method, place):
        self.called.append((method, place.url.host, place.host, place.url.path))
        status, location = self.answers.get(place.url.path, (200, None))
        return (
            (405, None)
            if method == "HEAD" and status == "get"
            else (200 if status == "get" else status, location)
        )


@pytest.fixture
def web(monkeypatch):
    return Web(monkeypatch)


def ask(url, *entries):
    return links.ask(url, allowed=lambda host, port: hosts.covers(entries or ["bi.example.com"], host, port))


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://bi.example.com/", ["127.0.0.1"]),
        ("http://bi.example.com/", ["169.254.169.254"]),
        ("http://bi.example.com/", ["::ffff:10.0.0.1"]),
        ("http://bi.example.com/", ["fd00:ec2::254"]),
        ("http://bi.example.com/", ["0.0.0.0"]),
        ("http://bi.example.com/", [PUBLIC, "10.0.0.7"]),
        ("http://127.0.0.1/", [PUBLIC]),
        ("http://[::1]/", [PUBLIC]),
        ("http://2130706433/", [PUBLIC]),
        ("http://0x7f.1/", [PUBLIC]),
        ("http://localhost/", ["127.0.0.1"]),
        ("http://metadata.google.internal/", [PUBLIC]),
        ("http://bi.example.com@127.0.0.1/", [PUBLIC]),
        ("http://user:secret@bi.example.com/", [PUBLIC]),
        ("http://bi.example.com.evil.org/", [PUBLIC]),
        ("http://evil.org#bi.example.com/", [PUBLIC]),
        ("http://evil.org\\@bi.example.com/", [PUBLIC]),
        ("http://bi.example.com:22/", [PUBLIC]),
        ("file:///etc/passwd", [PUBLIC]),
        ("gopher://bi.example.com/", [PUBLIC]),
        ("javascript:alert(1)", [PUBLIC]),
        ("//bi.example.com/", [PUBLIC]),
        ("http://", [PUBLIC]),
        ("", [PUBLIC]),
    ],
)
def test_nothing_inside_and_nothing_unlisted_is_called(web, url, addresses):
    web.names = dict.fromkeys(
        ("bi.example.com", "localhost", "127.0.0.1", "::1", "2130706433", "evil.org"), addresses
    )
    with pytest.raises(links.NotAllowed):
        ask(url)
    assert web.called == []


def test_the_connection_goes_to_the_address_that_was_looked_at(web):
    """A name that means another address a moment later is not asked again."""
    web.names["bi.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    assert ask("https://bi.example.com/a").works
    assert web.called == [("HEAD", PUBLIC, "bi.example.com", "/a")]
    assert web.asked == ["bi.example.com"]


def test_redirects_are_followed_under_the_same_rules(web):
    web.names |= {"in.example.com": ["10.0.0.1"], "b.example.com": [PUBLIC]}
    web.answers = {"/a": (302, "/b"), "/b": (301, "http://in.example.com/secret")}
    with pytest.raises(links.NotAllowed, match="inside the network"):
        ask("https://bi.example.com/a", "*.example.com")
    assert [path for *_, path in web.called] == ["/a", "/b"]


def test_a_redirect_to_the_companys_sign_in_is_an_answer(web):
    web.answers = {"/a": (302, "https://login.example.org/?next=x")}
    answer = ask("https://bi.example.com/a")
    assert answer.works
    assert "login.example.org" in answer.words
    assert len(web.called) == 1


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1/", "file:///etc/passwd", "http://[bad", "//169.254.169.254/x"]
)
def test_a_redirect_never_leads_inside(web, to):
    web.answers = {"/a": (302, to)}
    with contextlib.suppress(links.NotAllowed, links.Unreachable):
        ask("https://bi.example.com/a")
    assert len(web.called) == 1


@pytest.mark.parametrize(
    ("status", "works"),
    [
        (200, True),
        (204, True),
        (401, True),
        (403, True),
        (404, False),
        (410, False),
        (500, False),
        (503, True),
    ],
)
def test_what_counts_as_an_answer(web, status, works):
    web.answers = {"/": (status, None)}
    assert ask("https://bi.example.com/").works == works


def test_who_does_not_know_head_is_asked_by_get(web):
    web.answers = {"/": ("get", None)}
    assert ask("https://bi.example.com/").works
    assert [method for method, *_ in web.called] == ["HEAD", "GET"]


def test_going_round_in_circles_ends(web):
    web.answers = {"/": (302, "/")}
    assert not ask("https://bi.example.com/").works
    assert len(web.called) == links.HOPS + 1


def test_an_unknown_name_does_not_answer(web):
    with pytest.raises(links.Unreachable, match="no host called"):
        ask("https://gone.example.com/", "*.example.com")


def test_a_name_server_that_says_nothing_is_left_in_time(monkeypatch):
    let_go = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: let_go.wait(30) and [])
    monkeypatch.setattr(links, "RESOLVE", 0.1)
    began = time.monotonic()
    try:
        with pytest.raises(links.Unreachable, match="No name server says in time"):
            ask("https://bi.example.com/")
    finally:
        let_go.set()
    assert time.monotonic() - began < 2


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.server.seen.append((self.command, self.headers["Host"], self.headers.get("Cookie")))
        self.send_response(404)
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(b"x" * 100)

    def log_message(self, *_):
        pass


def test_a_real_server_is_asked_by_name_at_the_address(monkeypatch):
    """The real client, with loopback let in for this test alone."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    monkeypatch.setattr(hosts, "is_public", lambda address: True)
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, to, *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", to))]
    )
    try:
        answer = ask(f"http://own.example.com:{port}/x", f"own.example.com:{port}")
    finally:
        server.shutdown()
        server.server_close()
    assert answer == links.Answer(False, "Answers 404 Not Found")
    assert server.seen == [
        ("HEAD", f"own.example.com:{port}", None),
        ("GET", f"own.example.com:{port}", None),
    ]
    with pytest.raises(links.Unreachable):
        ask(f"http://own.example.com:{port}/x", f"own.example.com:{port}")


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """(context of a server, its certificate's file) of own.example.com, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "own.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("own.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


@pytest.mark.parametrize(
    ("host", "trusted", "words"),
    [
        ("own.example.com", True, "Answers 404 Not Found"),
        ("other.example.com", True, "Its certificate is not valid."),
        ("own.example.com", False, "Its certificate is not valid."),
    ],
)
def test_a_certificate_is_held_against_the_name_and_not_the_address(
    certified, monkeypatch, host, trusted, words
):
    context, file = certified
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.seen = []
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # the refused handshakes
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    monkeypatch.setattr(hosts, "is_public", lambda address: True)
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, to, *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", to))]
    )
    if trusted:
        anchored = ssl.create_default_context(cafile=file)
        monkeypatch.setattr(links, "_client", lambda: httpx2.Client(verify=anchored, trust_env=False))
    try:
        said = ask(f"https://{host}:{port}/", f"*.example.com:{port}").words
    except links.Unreachable as error:
        said = str(error)
    finally:
        server.shutdown()
        server.server_close()
    assert said == words


@pytest.fixture
def broken(web, db):
    web.answers = {"/d": (404, None)}
    return DashboardFactory(url="https://bi.example.com/d")


def hours(now, n):
    return now + dt.timedelta(hours=6 * n)


def test_the_owner_is_told_once_after_two_failures(broken, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(4):
            service.check(broken.pk, entries=["bi.example.com"], at=hours(now, n))
            told = Notification.objects.filter(recipient=broken.owner).count()
            assert told <= (n >= 1)
    broken.refresh_from_db()
    assert (broken.link_state, broken.link_since, broken.link_checked_at) == (
        LinkState.BROKEN,
        now,
        hours(now, 3),
    )
    assert broken.link_words == "Answers 404 Not Found"
    assert Notification.objects.filter(recipient=broken.owner).count() == 1


def test_a_link_that_answers_again_is_said_once(broken, web, now):
    for n in range(2):
        service.check(broken.pk, entries=["bi.example.com"], at=hours(now, n))
    web.answers = {}
    for n in range(2, 4):
        assert service.check(broken.pk, entries=["bi.example.com"], at=hours(now, n)) == LinkState.ANSWERS
    broken.refresh_from_db()
    assert (broken.link_failures, broken.link_since) == (0, hours(now, 2))
    assert Event.objects.filter(verb="dashboard.link_mended").count() == 1


def test_a_new_address_begins_anew_and_an_older_answer_is_not_noted(broken, now, monkeypatch):
    def meanwhile(url, *, allowed):
        Dashboard.objects.filter(pk=broken.pk).update(url="https://bi.example.com/new")
        return links.Answer(False, "gone")

    monkeypatch.setattr(links, "ask", meanwhile)
    service.check(broken.pk, entries=["bi.example.com"], at=now)
    broken.refresh_from_db()
    assert (broken.link_state, broken.link_failures) == (LinkState.UNCHECKED, 0)
    broken.link_state, broken.link_failures, broken.link_since = LinkState.BROKEN, 3, now
    broken.save()
    dashboards.edit(broken, url="https://bi.example.com/other", by=broken.owner, at=now)
    assert (broken.link_state, broken.link_failures, broken.link_since) == (LinkState.UNCHECKED, 0, None)


def test_without_a_list_nothing_is_called(broken, web, now, settings):
    settings.LINK_CHECK_HOSTS = []
    service.check(broken.pk, at=now)
    broken.refresh_from_db()
    assert (broken.link_state, web.called) == (LinkState.UNCHECKED, [])
    assert "not on the list" in broken.link_words
    assert service.unlisted() == [("bi.example.com", 1)]


def test_product_ops_say_whose_links_are_checked(as_, ops, broken, web, now):
    client = as_(ops)
    assert client.post("/metrics/dashboards/hosts/", {"host": "https://bi.example.com/x"}).status_code == 302
    assert client.post("/metrics/dashboards/hosts/", {"host": "127.0.0.1"}).status_code == 422
    assert service.unlisted() == []
    assert service.check(broken.pk, at=now) == LinkState.BROKEN
    row = CheckedHost.objects.get()
    client.post(f"/metrics/dashboards/hosts/{row.pk}/remove/")
    assert service.listed() == []
