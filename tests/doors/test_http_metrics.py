"""Prometheus reads levels, waits and cost; nobody and nothing is named."""

from prometheus_client.parser import text_string_to_metric_families

from tests.doors.http_house import APPROVAL, LABEL, open_door


async def test_metrics_are_read_by_prometheus_own_parser(database_url: str) -> None:
    async with open_door(database_url) as door:
        await door.submit(APPROVAL)
        await door.submit(LABEL)

        answer = await door.call("GET", "/metrics")

        assert answer.status == 200
        samples = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
        assert samples["signoff_items_open", "agent-actions", "open"] == 1
        assert samples["signoff_paused",] == 0
        assert samples["signoff_overdue_seconds", "deadlines"] == 0
        assert samples["signoff_ledger_lines_total",] >= 2
        assert "delete_files" not in answer.text
        assert "cleanup-agent" not in answer.text
