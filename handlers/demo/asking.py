"""What a program needs to ask Signoff: an address, a key, and this page of code.

Everything here is plain HTTP and JSON, so that it can be copied into any program.
"""

import http.client
import json
import logging
import sys
import time
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
ASK_AGAIN_AFTER = 1.0  # seconds, while Signoff is not there (or is being restarted)
HOLD_FOR = 30  # seconds that one question for the outcome may be held
log = logging.getLogger(__name__)


class RefusedError(Exception):
    """Signoff answered, and the answer was no; `status` is HTTP's."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        super().__init__(f"{status}: {body.get('detail') or body.get('title') or body}")


class Signoff:
    """The HTTP API."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, **question: Any) -> Json:
        """The item; the same question again gives the same item."""
        return self._call("POST", "/v1/items", question)

    def look(self, item_id: str, hold_for: int = 0) -> Json:
        """The item as it stands, at the latest `hold_for` seconds later, or once it is settled."""
        return self._call("GET", f"/v1/items/{item_id}?wait={hold_for}")

    def answer(self, item_id: str) -> Json:
        """The outcome, however long it takes: every item has a deadline."""
        while (item := self.look(item_id, HOLD_FOR))["status"] != "settled":
            pass
        outcome: Json = item["outcome"]
        return outcome

    def redeem(self, item_id: str, action_digest: str, attempt: str) -> bool:
        """Whether the approved action may run, now and once; asked just before it runs."""
        body = {"action_digest": action_digest, "attempt": attempt}
        try:
            self._call("POST", f"/v1/items/{item_id}/grant/redeem", body)
        except RefusedError as problem:
            log.info("%s may not run: %s", item_id, problem)
            return False
        return True

    def report(self, item_id: str, execution: str, note: str) -> None:
        """Tells what became of an approved action; its card shows it."""
        self._call("POST", f"/v1/items/{item_id}/report", {"execution": execution, "note": note})

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        """One request; it is repeated while nobody answers, which the item's key makes safe."""
        while True:
            try:
                status, answer = self._send(method, path, body)
            except (OSError, http.client.HTTPException, ValueError):
                log.debug("nobody answers at port %s; asking again", self._port)
            else:
                if status < 400:
                    return answer
                if status not in (429, 502, 503):
                    raise RefusedError(status, answer)
            time.sleep(ASK_AGAIN_AFTER)

    def _send(self, method: str, path: str, body: Json | None) -> tuple[int, Json]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=HOLD_FOR + 15)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, self._headers)
            response = connection.getresponse()
            answer: Json = json.loads(response.read())
            return response.status, answer
        finally:
            connection.close()


def set_up_log() -> None:
    """What the program tells goes to standard output, a line each."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
