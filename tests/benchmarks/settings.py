"""The product as it is deployed, with the floor's page beside its own."""

from prodops.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
EMBEDDED = False
