"""`GET /metrics` for Prometheus: read from the database each time, so any replica tells all."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import BusyError
from bot.flows.metering import Meters, QueueMeter, meters
from bot.measures.sla import Kept
from handlers.app import House
from handlers.http.problems import ProblemError


class MetricsDoor:
    """The levels of every queue; no person, program or content is named."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def show(self, _request: Request) -> Response:
        """Counts, waits, targets and cost, in the text format of Prometheus."""
        house = self._house
        try:
            found = await house.see(meters, house.rulebook, house.now())
        except BusyError as problem:
            raise ProblemError("unhealthy", str(problem)) from None
        registry = CollectorRegistry()
        registry.register(_Found(found))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Found(Collector):
    def __init__(self, found: Meters) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Every family."""
        found = self._found
        yield from _levels(found.queues)
        yield from _targets(found.queues)
        late = GaugeMetricFamily(
            "signoff_overdue_seconds", "How long the oldest work is due, by kind.", labels=["work"]
        )
        for kind, length in found.late_by.items():
            late.add_metric([kind], length.total_seconds())
        yield late
        yield CounterMetricFamily(
            "signoff_ledger_lines", "Lines of history.", value=found.ledger_count
        )
        yield GaugeMetricFamily(
            "signoff_paused", "1 while every grant is held back.", value=float(found.is_paused)
        )


def _levels(queues: Iterable[QueueMeter]) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "signoff_items_open", "Items that wait for people.", labels=["queue", "status"]
    )
    oldest = GaugeMetricFamily(
        "signoff_oldest_open_seconds", "Age of the oldest open item.", labels=["queue"]
    )
    settled = GaugeMetricFamily(
        "signoff_items_settled_1d", "Items settled in the last day.", labels=["queue", "rule"]
    )
    votes = GaugeMetricFamily("signoff_votes_1d", "Votes of the last day.", labels=["queue"])
    month = GaugeMetricFamily(
        "signoff_cost_month_usd", "Cost of the calendar month so far.", labels=["queue"]
    )
    for queue in queues:
        waiting.add_metric([queue.name, "open"], queue.open_count)
        waiting.add_metric([queue.name, "escalated"], queue.escalated_count)
        oldest.add_metric([queue.name], queue.oldest.total_seconds())
        for rule, count in sorted(queue.settled_by_rule.items()):
            settled.add_metric([queue.name, rule], count)
        votes.add_metric([queue.name], queue.vote_count)
        month.add_metric([queue.name], float(queue.month_usd))
    yield from (waiting, oldest, settled, votes, month)


def _targets(queues: Iterable[QueueMeter]) -> Iterator[Metric]:
    labels = ["queue", "of"]
    usual = GaugeMetricFamily(
        "signoff_wait_median_seconds", "Usual wait, of what was asked in the last day.",
        labels=labels,
    )  # fmt: skip
    kept = GaugeMetricFamily(
        "signoff_target_kept_ratio", "Share of waits within the queue's target.", labels=labels
    )
    target = GaugeMetricFamily("signoff_target_seconds", "The queue's target.", labels=labels)
    for queue in queues:
        for name, one in (("first_vote", queue.sla.first_vote), ("outcome", queue.sla.outcome)):
            _add(one, [queue.name, name], usual, kept, target)
    yield from (usual, kept, target)


def _add(
    one: Kept,
    labels: list[str],
    usual: GaugeMetricFamily,
    kept: GaugeMetricFamily,
    target: GaugeMetricFamily,
) -> None:
    if one.median is not None:
        usual.add_metric(labels, one.median.total_seconds())
    if one.target is not None:
        target.add_metric(labels, one.target.total_seconds())
        if one.share.value is not None:
            kept.add_metric(labels, one.share.value)
