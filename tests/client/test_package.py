"""What it weighs, and that its two faces are one."""

import inspect
import subprocess
import sys

import pytest
import signoff
from signoff import Signoff, SignoffSync
from signoff.access import Access
from signoff.errors import Misconfigured

TWINS = ("ask", "submit", "look", "wait", "batch", "submit_batch", "cancel", "redeem", "report",
         "items", "events")  # fmt: skip


@pytest.mark.parametrize("name", TWINS)
def test_both_clients_take_the_same(name: str) -> None:
    awaits, blocks = getattr(Signoff, name), getattr(SignoffSync, name)

    assert inspect.signature(awaits) == inspect.signature(blocks)
    assert awaits.__doc__ == blocks.__doc__


def test_importing_it_loads_neither_the_network_nor_pydantic() -> None:
    heavy = ("httpx", "pydantic", "rfc8785", "pytest", "bot", "handlers")
    code = f"import sys, signoff; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_everything_that_is_offered_is_there() -> None:
    assert all(hasattr(signoff, name) for name in signoff.__all__)


def test_a_client_never_shows_its_key() -> None:
    client = Signoff("http://127.0.0.1:1", "sgn_secret")

    assert "sgn_secret" not in f"{client!r} {client.access!r} {client.twin!r}"


@pytest.mark.parametrize(
    ("url", "key"),
    [("", "sgn_x"), ("localhost:8000", "sgn_x"), ("http://x", ""), ("http://x", "ä")],
)
def test_a_wrong_address_or_key_is_told_at_once(
    url: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNOFF_URL", raising=False)
    monkeypatch.delenv("SIGNOFF_API_KEY", raising=False)

    with pytest.raises(Misconfigured, match=r"SIGNOFF_(URL|API_KEY)"):
        Access.read(url, key, None)


def test_stable_keys_of_different_calls_differ() -> None:
    pairs = [("a", "b:c"), ("a:b", "c"), ("a%3Ab", "c"), ("a ", "b"), ("a", " b"), ("x" * 300, "y")]

    keys = {signoff.stable_key(*pair) for pair in pairs}

    assert len(keys) == len(pairs)
    assert all(len(key) <= 200 for key in keys)
