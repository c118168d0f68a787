import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.formats import hosts


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("100.100.100.200", "192.0.0.192", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::7f00:1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001::1", "fe80::1", "fe80::1%eth0"),
        *("fec0::1", "fd00:ec2::254", "fd12::1", "ff02::1", "2001:db8::1", "", "example.com", "127.1"),
    ],
)
def test_what_is_not_of_the_public_internet_is_never_called(address):
    assert not hosts.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are(address):
    assert hosts.is_public(address)


@given(st.ip_addresses())
def test_no_private_address_is_public_in_any_dress(address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not hosts.is_public(str(address)) or getattr(address, "ipv4_mapped", None)
    if isinstance(address, ipaddress.IPv4Address):
        assert hosts.is_public(f"::ffff:{address}") == hosts.is_public(str(address))
        assert not hosts.is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("bi.example.com", "bi.example.com"),
        (" HTTPS://BI.Example.com/a?b#c ", "bi.example.com"),
        ("*.example.com", "*.example.com"),
        ("bi.example.com:8443", "bi.example.com:8443"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("https://u:p@bi.example.com/", "bi.example.com"),
        ("bi.example.com.", "bi.example.com"),
    ],
)
def test_a_host_is_read_as_people_paste_it(typed, read):
    assert hosts.read_entry(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "localhost",
        "*",
        "*.com",
        "127.0.0.1",
        "0x7f.0.0.1",
        "a..b",
        "-a.example",
        "x.example:99999",
        "[::1]",
    ],
)
def test_what_is_no_host_is_refused_in_words(typed):
    with pytest.raises(hosts.NotAHost, match=r"\w"):
        hosts.read_entry(typed)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_host_or_refused(typed):
    try:
        entry = hosts.read_entry(typed)
    except hosts.NotAHost:
        return
    assert hosts.read_entry(entry) == entry
    assert not hosts.is_public(entry.partition(":")[0])


@pytest.mark.parametrize(
    ("host", "port", "allowed"),
    [
        ("bi.example.com", 443, True),
        ("BI.example.com.", 80, True),
        ("bi.example.com", 22, False),
        ("example.com", 443, False),
        ("evil-bi.example.com", 443, False),
        ("bi.example.com.evil.org", 443, False),
        ("a.tools.example.org", 443, True),
        ("tools.example.org", 443, False),
        ("eviltools.example.org", 443, False),
        ("own.example.net", 3000, True),
        ("own.example.net", 443, False),
    ],
)
def test_an_entry_covers_its_host_and_nothing_that_looks_like_it(host, port, allowed):
    entries = ["bi.example.com", "*.tools.example.org", "own.example.net:3000"]
    assert hosts.covers(entries, host, port) == allowed
