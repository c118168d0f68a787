"""Payloads with something wrong in them: moved, missing, of another kind, huge, or no JSON at all."""

import copy
import json

ODD = [
    *(None, True, False, 0, -1, 10**30, 1.5, 1e308, float("nan"), "", " ", "null", "0"),
    *(
        "\x00",
        "\ud800",
        "\U0001f600" * 50,
        "x" * 3_000,
        "<p>",
        "<![CDATA[",
        "<!x[",
        "<a" * 40,
        "&#0;&#x110000;",
    ),
    *("2026-02-30T25:61:00Z", "9999999999999999", "0001-01-01T00:00:00+14:00", "Infinity", "1e999"),
    *("https://[", "//[::1", "javascript:alert(1)", "%00", "’ OR 1=1 --"),
    *([], {}, [[]], [None], {"value": None}, {"value": [1]}, [{"name": {"name": "x"}}], [["x"] * 30]),
    {"type": "doc", "content": "text"},
    {"type": "doc", "content": [None, 1, "x", {"type": "text", "text": 7}, {"content": {"content": []}}]},
]


def places(payload):
    """Every (container, key) in the payload."""
    found, waiting = [], [payload]
    while waiting:
        one = waiting.pop()
        pairs = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, inner in pairs:
            found.append((one, key))
            waiting.append(inner)
    return found


def mutated(sample, dice):
    """A copy of `sample` with one to four things wrong."""
    payload = copy.deepcopy(sample)
    for _ in range(dice.randint(1, 4)):
        spots = places(payload)
        if not spots or dice.random() < 0.02:
            return copy.deepcopy(dice.choice(ODD))
        container, key = dice.choice(spots)
        how = dice.randrange(5)
        if how == 0 and isinstance(container, dict):
            del container[key]
        elif how == 1 and isinstance(container, dict):
            container[dice.choice(["x", "", key.upper(), "\x00"])] = container.pop(key)
        elif how == 2:
            other, other_key = dice.choice(spots)
            container[key] = copy.deepcopy(other[other_key])
        elif how == 3:
            container[key] = [container[key]] if dice.random() < 0.5 else {"value": container[key]}
        else:
            container[key] = copy.deepcopy(dice.choice(ODD))
    return payload


def mutated_bytes(sample, dice):
    """A mutation as bytes: mostly JSON, sometimes cut off, in another encoding, or with bytes changed."""
    body = json.dumps(mutated(sample, dice)).encode()
    how = dice.randrange(8)
    if how == 0:
        return body[: dice.randrange(len(body) + 1)]
    if how == 1:
        spoilt = bytearray(body)
        for _ in range(dice.randint(1, 5)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        return bytes(spoilt)
    if how == 2:
        return body.decode().encode(dice.choice(["utf-16", "utf-32", "utf-8-sig", "latin-1"]))
    return body
