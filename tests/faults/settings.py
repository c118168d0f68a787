"""The product with a few addresses and jobs more, and with less patience: what the fault tests run."""

import os

from prodops.settings import *  # noqa: F403
from prodops.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.faults"]
ROOT_URLCONF = "tests.faults.urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
