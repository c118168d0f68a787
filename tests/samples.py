"""A thing to show for every address: what the tests that walk all URLs build.

Each app's `tests/<app>/samples.py` has
    SAMPLES: {url name: function of the people fixture -> kwargs of the URL}
    LISTS:   {url name of a list: function of (people, n) that makes n rows that a product-ops person sees}
"""

from importlib import import_module
from importlib.util import find_spec

SAMPLES = {}
LISTS = {}
for _app in ("prodops", "research", "metrics", "process", "coordination"):
    if find_spec(f"tests.{_app}.samples"):
        _module = import_module(f"tests.{_app}.samples")
        SAMPLES |= _module.SAMPLES
        LISTS |= _module.LISTS
