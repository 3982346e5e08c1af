from hashlib import sha256

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


def test_a_private_key_is_masked() -> None:
    key = "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEvQIBADAN\n" * 9 + "-----END PRIVATE KEY-----"

    assert "MIIE" not in masked_block(key)


@pytest.mark.parametrize(
    "text",
    [
        "sk-production-customers-database",
        "-----BEGIN PRIVATE KEY-----\nrm -rf / --no-preserve-root # wipe it all now\n-----END ",
        "see https://example.com:8080/@ann",
        "0123456789abcdef0123456789abcdef01234567",
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


@pytest.mark.parametrize("nasty", ["sk-", "eyJ-", "xoxb-", "x", "://a:", "Bearer ", "MTIz.", "a "])
def test_two_hundred_thousand_characters_take_a_moment_only(nasty: str) -> None:
    assert masked(nasty * (200_000 // len(nasty)))
