"""Which addresses strangers may name: what everybody could have, and nothing within a house."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.addresses import Allowed, is_public

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::808:808"]
ZERO = str(ipaddress.IPv4Address(0))
PRIVATE = [
    "127.0.0.1", "127.1.2.3", ZERO, "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "4000::1",
    "2606:4700::1111%lo",
]  # fmt: skip


@pytest.mark.parametrize("stated", PUBLIC)
def test_what_anybody_could_have_is_public(stated: str) -> None:
    assert is_public(ipaddress.ip_address(stated))


@pytest.mark.parametrize("stated", PRIVATE)
def test_what_is_within_a_house_or_a_cloud_is_not(stated: str) -> None:
    assert not is_public(ipaddress.ip_address(stated))


@given(st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address))
def test_an_address_in_disguise_is_the_address(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    translated = ipaddress.IPv6Address((0x64FF9B << 96) | int(address))

    assert is_public(mapped) == is_public(translated) == is_public(address)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_knows_to_be_special(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address) and not (address.version == 6 and int(address) >> 125 != 1):
        assert address.is_global
        assert not address.is_multicast


def test_an_operator_opens_networks_and_hosts() -> None:
    allowed = Allowed(("10.1.2.0/24", "hooks.internal", "127.0.0.1/32"))
    inside, beside = (ipaddress.ip_address(each) for each in ("10.1.2.9", "10.1.3.9"))

    assert allowed.takes("any.example", inside)
    assert allowed.takes("any.example", ipaddress.ip_address("::ffff:10.1.2.9"))
    assert not allowed.takes("any.example", beside)
    assert allowed.takes("Hooks.Internal.", beside)
    assert not allowed.takes("other.internal", beside)


@pytest.mark.parametrize("stated", ["169.254.169.254", ZERO, "224.0.0.1", "fe80::1", "ff02::1"])
def test_no_name_opens_what_nobody_means(stated: str) -> None:
    assert not Allowed(("hooks.internal",)).takes("hooks.internal", ipaddress.ip_address(stated))
