"""Lists of what waits are as quick after a million outcomes as on the first day."""

from typing import Any

from sqlalchemy import event

from storage import listing
from storage.engine import open_engine


def test_an_observers_list_of_what_waits_does_not_look_at_what_is_over(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    said: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    with engine.connect() as connection:
        listing.page(connection, None, {"status": "open"}, None, 10)
        statement, parameters = said[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    engine.dispose()

    assert "item_waiting_by_opening" in str(plan)
