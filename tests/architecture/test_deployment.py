"""What production is made of: the image's files, hardened services, settings that refuse to guess."""

import os
import re
import runpy
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "kR7-vN2_wq9ZtX4mB8sLpD1cFyHgJ3oUeTiAaQnMxVbWz6S5hGfDs3k",
    "ALLOWED_HOSTS": "prodops.example.com",
    "BASE_URL": "https://prodops.example.com",
    "DATABASE_URL": "postgresql://prodops:x@postgres/prodops",
    "REDIS_URL": "redis://:x@valkey:6379",
}


def let_in():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def copied():
    """The paths that the Dockerfile takes from this folder."""
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            yield from line.split()[1:-1]


@pytest.mark.parametrize("path", sorted(set(copied())))
def test_what_the_image_copies_is_there_and_let_in(path):
    assert (ROOT / path).exists()
    assert any(path == allowed or path.startswith(f"{allowed}/") for allowed in let_in())


def test_nothing_is_let_in_that_the_image_does_not_take():
    assert set(let_in()) == set(copied())


def test_every_app_is_in_the_image():
    from django.conf import settings

    ours = [app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()]
    assert set(ours) <= set(copied())


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_hardened(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert str(service["user"]).split(":")[0] not in ("0", "root")
    assert not service.get("privileged")
    assert all(":" in mount and not mount.startswith((".", "/")) for mount in service["volumes"])
    assert "healthcheck" in service or name == "migrate"


def test_only_the_web_is_open_to_the_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_the_web_is_reached_through_a_proxy_of_this_machine_only():
    assert [port.split(":")[0] for port in SERVICES["web"]["ports"]] == ["127.0.0.1"]


def test_uploads_can_not_fill_the_machines_memory():
    for name in OURS:
        assert SERVICES[name]["tmpfs"] == ["/tmp:size=512m"]


def test_sign_ins_are_counted_by_the_persons_address_not_the_proxys(monkeypatch):
    for key, value in PRODUCTION.items():
        monkeypatch.setenv(key, value)
    assert runpy.run_path(str(ROOT / "prodops/settings.py"))["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    monkeypatch.setenv("TRUSTED_PROXIES", "2")
    assert runpy.run_path(str(ROOT / "prodops/settings.py"))["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-1}"


def test_the_product_waits_for_its_migrations():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["restart"] == "no"


def test_every_volume_is_declared_and_used():
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert used == set(COMPOSE["volumes"])


@pytest.mark.parametrize("secret", ["SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"])
def test_a_secret_refuses_to_be_missing_and_has_no_default(secret):
    text = (ROOT / "docker-compose.yml").read_text()
    uses = re.findall(rf"(?<!\$)\$\{{{secret}([^}}]*)\}}", text)
    assert uses
    assert set(uses) == {":?set it in .env"}
    assert re.search(rf"^{secret}=$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_what_can_be_set_is_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"(?<!\$)\$\{(\w+)", text)) - {"APP_IMAGE", "PORT", "FORWARDED_ALLOW_IPS"}
    example = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert wanted == example


def test_every_variable_the_settings_read_is_written_up():
    names = set()
    for file in ("prodops/settings.py", "gunicorn.conf.py"):
        names |= set(re.findall(r'(?:env|required|environ\.get)\("(\w+)"', (ROOT / file).read_text()))
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in sorted(names) if f"`{name}`" not in operations] == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_refuses_to_start_without(name, monkeypatch):
    for key, value in PRODUCTION.items():
        monkeypatch.setenv(key, value)
    assert runpy.run_path(str(ROOT / "prodops/settings.py"))["DEPLOYED"] is True
    monkeypatch.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_path(str(ROOT / "prodops/settings.py"))


def test_known_sign_ins_never_exist_in_production(monkeypatch):
    for key, value in {**PRODUCTION, "PRODOPS_EMBEDDED": "1"}.items():
        monkeypatch.setenv(key, value)
    assert runpy.run_path(str(ROOT / "prodops/settings.py"))["EMBEDDED"] is False


def test_djangos_own_deployment_checks_pass():
    real = {key: os.environ[key] for key in ("DATABASE_URL", "REDIS_URL")}
    words = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    kept = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    env = {**kept, **PRODUCTION, **real}
    answer = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


def committed():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.splitlines()]


def test_no_committed_file_names_a_package_registry():
    """Where packages come from is the machine's matter; the locks hold hashes, not addresses."""
    hosts = ("pypi" + ".org", "files.python" + "hosted", "registry.np" + "mjs", "registry." + "yarnpkg")
    for file in committed():
        if file.is_file() and not fnmatch(file.name, "*.png"):
            text = file.read_bytes().decode(errors="replace")
            assert not [host for host in hosts if host in text], file
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
