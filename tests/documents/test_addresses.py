"""Addresses that may not be asked, in all their forms."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.base.errors import RemoteError
from muster.documents.addresses import checked_addresses, refusal

CLOSED = [
    "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "168.63.129.16", "::",
    "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::7f00:1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2002:c0a8:101::1", "2001:0:1::1",
    "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1", "100::1",
    "3fff::1", "5f00::1", "not-an-address", "1.2.3", "1.2.3.4.5",
]  # fmt: skip

OPEN = [
    "8.8.8.8", "1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808",
]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_inner_addresses_are_refused_with_their_kind(address):
    """Private, loopback, link-local, reserved, multicast, and IPv4 inside IPv6."""
    assert refusal(address)


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_not_refused(address):
    """Public unicast, mapped forms included."""
    assert refusal(address) == ""


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_itself(address):
    """No way of writing an IPv4 address into an IPv6 one changes the verdict."""
    value = int(address)
    verdict = bool(refusal(str(address)))
    for outer in (0xFFFF << 32 | value, (0x64FF9B << 96) | value, (0x2002 << 112) | (value << 80)):
        import ipaddress

        assert bool(refusal(str(ipaddress.IPv6Address(outer)))) is verdict


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "0177.0.0.1", "0", "localhost", "[::1]"]
)
def test_number_forms_of_loopback_are_refused_after_resolution(host):
    """What counts is the number at the end, whoever parses its form."""
    from muster.documents.addresses import system_resolver

    with pytest.raises(RemoteError):
        checked_addresses(host.strip("[]"), 80, resolver=system_resolver, allow_private=False, timeout_s=5)


def test_one_private_address_among_public_ones_refuses_the_name():
    """All addresses are checked, not only the first."""
    with pytest.raises(RemoteError, match=r"both.test: address 10.0.0.5 is private"):
        checked_addresses(
            "both.test", 80, resolver=lambda *_: ["93.184.215.14", "10.0.0.5"], allow_private=False, timeout_s=5
        )


def test_a_resolver_that_hangs_is_given_up():
    """getaddrinfo has no timeout of its own."""
    release = threading.Event()
    with pytest.raises(RemoteError, match="did not resolve in"):
        checked_addresses(
            "slow.test", 80, resolver=lambda *_: release.wait(10) and [], allow_private=False, timeout_s=0.01
        )
    release.set()


@pytest.mark.parametrize("failure", [OSError(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_does_not_resolve_is_one_line(failure):
    """Both kinds of failure of getaddrinfo."""

    def resolver(host, port):
        raise failure

    with pytest.raises(RemoteError, match=r"gone.test: "):
        checked_addresses("gone.test", 80, resolver=resolver, allow_private=False, timeout_s=5)
