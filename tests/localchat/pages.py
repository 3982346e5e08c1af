"""A browser that is installed, looking at the page; without one its tests are skipped."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.patience import PATIENCE

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
playwright_api.expect.set_options(timeout=PATIENCE * 1000)

Page = Any  # playwright's, which may be absent

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOSTILE = "<img src=x onerror=window.hacked=1></script><script>window.hacked=1</script>"


@contextmanager
def a_browser() -> Iterator[Any]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with playwright_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield launched
        launched.close()


@contextmanager
def a_tab(context: Any, home: str, address: str) -> Iterator[Page]:
    """A tab at an address of the page; it fails when the page throws or asks another server."""
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE * 1000)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda request: _note_stranger(request.url, home, faults))
    go(opened, home, address)
    yield opened
    opened.close()
    assert faults == []


def go(page: Page, home: str, address: str) -> None:
    page.goto(f"{home}/#/{address}")
    page.get_by_test_id("composer").wait_for(state="attached")
    page.locator(".messages > li").first.wait_for()


def message(page: Page, ref: str) -> Any:
    return page.locator("#messages").get_by_test_id(f"message-{ref}")


def expect(locator: Any) -> Any:
    return playwright_api.expect(locator)


def _note_stranger(url: str, home: str, faults: list[str]) -> None:
    if not url.startswith((home, "data:")):
        faults.append(f"the page asked {url}")
