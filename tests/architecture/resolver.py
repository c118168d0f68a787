"""Every address of ours, from the resolver."""

from functools import cache

from django.urls import URLPattern, get_resolver

from tests.samples import SAMPLES

# Addresses of packages, which guard themselves
FOREIGN = ("accounts/", "admin/")


@cache
def patterns():
    """[(name with namespace, pattern, argument names)] of all our views."""

    def walk(resolver, prefix, namespace, arguments):
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if route.startswith(FOREIGN):
                continue
            names = [*arguments, *entry.pattern.converters]
            if isinstance(entry, URLPattern):
                yield f"{namespace}{entry.name}", entry, names
            else:
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry, route, inner, names)

    return list(walk(get_resolver(), "", "", []))


def names():
    return [name for name, _, _ in patterns()]


def kwargs_for(name, people):
    """The arguments of a sample of this address; KeyError asks for one in tests/<app>/samples.py."""
    arguments = next(arguments for one, _, arguments in patterns() if one == name)
    return SAMPLES[name](people) if arguments or name in SAMPLES else {}
