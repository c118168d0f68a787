"""Asking one page: alone, with sixteen others, and what it costs in CPU, queries and bytes."""

import gzip
import http.client
import os
import statistics
import threading
import time

import psutil
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devstack.processes import pid_in
from devstack.services import VAR

CLIENTS = 16
ALONE, ALONE_SECONDS = 60, 4.0  # requests by one client, and no longer than
TOGETHER_SECONDS = 1.5


class Server:
    """The web server's processes, its database's, and a way to ask."""

    def __init__(self, port, process, cookie):
        self.port, self.cookie = port, cookie
        self.web = psutil.Process(process.pid)
        pid = pid_in(VAR / "bench-postgres" / "postmaster.pid")
        self.database = [psutil.Process(pid)] if pid and "DATABASE_URL" in os.environ else []

    def processes(self):
        web = [self.web, *self.web.children(recursive=True)]
        return web, [*self.database, *(child for one in self.database for child in one.children())]

    def cpu(self):
        """Seconds of CPU that web and database have used so far."""
        used = []
        for group in self.processes():
            total = 0.0
            for process in group:
                try:
                    times = process.cpu_times()
                    total += times.user + times.system
                except psutil.Error:
                    continue
            used.append(total)
        return used

    def memory(self):
        """Megabytes that each web worker has to itself or shares with the others."""
        return [child.memory_full_info().pss / 1e6 for child in self.web.children()]

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, client, path):
        client.request("GET", path, headers={"Cookie": self.cookie, "Accept-Encoding": "gzip"})
        answer = client.getresponse()
        return answer.status, answer.read()


def measure(server, path):
    """The figures of one page; `status` other than 200 means they say nothing."""
    client = server.client()
    for _ in range(4):  # both workers warm
        status, body = server.ask(client, path)
        if status != 200:
            return {"status": status}
    times, before, until = [], server.cpu(), time.monotonic() + ALONE_SECONDS
    while len(times) < ALONE and time.monotonic() < until:
        began = time.perf_counter()
        server.ask(client, path)
        times.append((time.perf_counter() - began) * 1000)
    app, database = (
        (after - earlier) * 1000 / len(times) for after, earlier in zip(server.cpu(), before, strict=True)
    )
    together = crowd(server, path)
    return {
        "status": status,
        "p50": statistics.median(times),
        "rps": len(together) / TOGETHER_SECONDS,
        "p95_crowd": statistics.quantiles(together, n=20)[-1] if len(together) > 20 else None,
        "p50_crowd": statistics.median(together),
        "cpu_app": app,
        "cpu_db": database,
        "bytes": len(body),
        "html": len(gzip.decompress(body)) if body[:2] == b"\x1f\x8b" else len(body),
    }


def crowd(server, path):
    """Milliseconds of every request that `CLIENTS` clients made within the time."""
    times: list[float] = []
    until = time.monotonic() + TOGETHER_SECONDS

    def go():
        client = server.client()
        while time.monotonic() < until:
            began = time.perf_counter()
            server.ask(client, path)
            times.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=go) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return times


def queries(user, path):
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)
