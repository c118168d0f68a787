"""Builds, serves, measures, prints, and writes var/bench.json."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.apps import apps
from django.urls import NoReverseMatch, resolve, reverse

from devstack.prepare import _collect_static
from devstack.processes import die_with_parent, end
from devstack.valkey import free_port
from tests.benchmarks import coordination, load, metrics, okrs, research
from tests.benchmarks.measure import Server, measure, queries

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [  # (what it is, url name, query)
    ("hub", "home", ""),
    ("list", "account_list", ""),
    ("found", "account_list", "?q=alpine&segment=mid"),
    ("found", "search", "?q=import"),
    ("found", "search", "?q=haulage"),
    ("found", "search", "?q=%22second+error%22+-phone"),
    ("found", "search", "?q=importt+errro"),
    ("found", "search", "?q=customers+lose+work+when+a+file+is+refused&kind=highlight"),
    ("list", "research:study_list", ""),
    ("list", "research:highlight_list", ""),
    ("list", "research:insight_list", ""),
    ("list", "metrics:kpi_list", ""),
    ("list", "process:document_list", ""),
    ("list", "process:cycle_list", ""),
    ("list", "coordination:triage", ""),
    ("list", "coordination:request_list", ""),
    ("found", "coordination:triage", "?clock=overdue&urgency=1"),
    ("found", "coordination:triage", "?sort=due&q=invoices"),
    ("found", "coordination:request_list", "?q=invoices&state=new"),
    ("found", "coordination:request_list", "?clock=overdue&sort=arr"),
    ("found", "coordination:request_list", "?segment=mid&sort=stake"),
    ("rules", "coordination:rule_list", ""),
    ("rules", "coordination:rule_checks", ""),
    ("create", "account_create", ""),
]
THINGS = [
    *("prodops.CustomerAccount", "research.Session", "research.Insight", "research.Tag"),
    *("metrics.Kpi", "process.Document", "process.Objective", "coordination.Request"),
]
AREAS = {"research": research, "metrics": metrics, "coordination": coordination}
ONLY = os.environ.get("ONLY", "")  # one of the areas: its pages and jobs alone
TARGETS = {"list": 2.0, "found": 3.0, "thing": 2.0, "create": 2.0, "hub": 3.0, "tree": 3.0}


def pages():
    for kind, name, query in PAGES:
        try:
            yield kind, reverse(name) + query
        except NoReverseMatch:
            continue
    yield "tree", reverse("process:alignment_tree", args=[okrs.fill().slug])
    yield "transcript", research.long_session().get_absolute_url()
    yield "thing", metrics.five_years().get_absolute_url()
    for label in THINGS:
        try:
            thing = apps.get_model(label).objects.order_by("pk").first()
            if thing is not None:
                yield "thing", thing.get_absolute_url()
        except (LookupError, AttributeError):
            continue


def serve(port):
    """The web server as deployed, and how long it took to answer."""
    began = time.monotonic()
    words = [
        str(Path(sys.executable).parent / "gunicorn"),
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(
        words, cwd=ROOT, text=True, start_new_session=True, preexec_fn=die_with_parent()
    )
    while time.monotonic() - began < 60:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return process, time.monotonic() - began
        except OSError:
            time.sleep(0.02)
    raise SystemExit("The web server did not start.")


def first_visit(server, path):
    """Compressed bytes of a list page and all it needs, each file once."""
    client = server.client()
    _, body = server.ask(client, path)
    import gzip

    html = gzip.decompress(body).decode()
    files = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    sizes = {"page": len(body)}
    for file in sorted(files):
        sizes[file] = len(server.ask(client, file)[1])
    return sizes


def row(name, kind, figures, floor):
    ratio = figures["p50"] / floor["p50"]
    wanted = TARGETS.get(kind)
    mark = "" if wanted is None or ratio <= wanted else f"  over {wanted:.0f}"
    return (
        f"{name:44.44} {figures['p50']:7.1f} {figures['rps']:7.0f} {figures['cpu_app']:6.1f} +"
        f"{figures['cpu_db']:5.1f} {figures['queries']:4} {figures['bytes'] / 1000:7.1f} {ratio:6.2f}{mark}"
    )


def main():
    scale = int(os.environ.get("SCALE", "4"))
    print(f"Demo company at scale {scale} ready in {load.fill(scale):.1f} s.")
    if ONLY in ("", "coordination"):
        coordination.fill()
    _collect_static()
    user, cookie = load.session_cookie()
    port = free_port()
    process, started = serve(port)
    try:
        server = Server(port, process, cookie)
        report(server, user, started, scale)
    finally:
        end(process)


def report(server, user, started, scale):
    floor = measure(server, "/floor/") | {"queries": queries(user, "/floor/")}
    print(
        f"\n{'page':44} {'p50 ms':>7} {'req/s':>7} {'CPU ms app+db':>13} {'sql':>4} {'kB gz':>7} {'× J':>6}"
    )
    print(row("J, the floor", "", floor, floor))
    results = {"/floor/": floor}
    for kind, path in pages():
        if ONLY and resolve(path.partition("?")[0]).app_name != ONLY:
            continue
        figures = measure(server, path)
        if figures["status"] != 200:
            print(f"{path:44.44} answered {figures['status']}")
            continue
        results[path] = figures | {"kind": kind, "queries": queries(user, path)}
        results[path]["ratio"] = figures["p50"] / floor["p50"]
        print(row(path, kind, results[path], floor))
    again = measure(server, "/floor/")
    visit = first_visit(server, reverse("account_list"))
    memory = server.memory()
    print(f"\nJ at the end: {again['p50']:.1f} ms, {again['rps']:.0f} requests/s (the machine's noise)")
    print(f"First visit of a list: {sum(visit.values()) / 1000:.1f} kB compressed (at most 100)")
    each = ", ".join(f"{one:.0f} MB" for one in memory)
    print(f"Server start: {started:.1f} s (at most 2); workers: {each} (at most 150)")
    long = results.get(research.long_session().get_absolute_url())
    if long:
        print(f"A transcript of 2,000 turns with 300 highlights opens in {long['p50']:.0f} ms (at most 300)")
    work = [job for name, area in AREAS.items() if ONLY in ("", name) for job in area.jobs()]
    print(f"\n{'job':44} {'seconds':>7} {'its SQL':>7} {'× floor':>7}")
    for what, took, bare, most in work:
        mark = "" if took <= most else f"  over {most:g} s"
        print(f"{what:44.44} {took:7.3f} {bare:7.3f} {took / bare:7.1f}{mark}")
    print("Targets × J: " + ", ".join(f"{kind} ≤ {most:.0f}" for kind, most in TARGETS.items()))
    kept = {
        "scale": scale,
        "pages": results,
        "first_visit": visit,
        "start": started,
        "memory": memory,
        "jobs": work,
    }
    (ROOT / "var" / "bench.json").write_text(json.dumps(kept, indent=2))


if __name__ == "__main__":
    main()
