"""``GET /metrics`` for Prometheus: what the kiosk does, sells and suffers, read anew at each scrape.

Counters come from the store and go on over restarts; gauges are of the moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.port import KioskFacade
from kiosk.reports import cash_json
from sessions.machine import Mode, SlotState
from sessions.units import Unit
from sessions.views import WaterView
from sessions.water_states import WaterState


class MetricsApi:
    """The handler, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_KioskCollector(kiosk))

    def routes(self) -> list[Route]:
        """The one path."""
        return [Route("/metrics", self.metrics)]

    async def metrics(self, request: Request) -> Response:
        text = await run_in_threadpool(generate_latest, self._registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


class _KioskCollector(Collector):
    """Reads the kiosk whenever the registry is asked."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def describe(self) -> Iterable[Metric]:
        """Nothing: or registering would already read the kiosk, which is not running yet."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Everything, anew."""
        yield from self._moment()
        yield from self._triggers()
        yield from self._parts()
        yield from self._totals()

    def _moment(self) -> Iterator[Metric]:
        view = self._kiosk.view()
        live = Counter(session.state for session in view.sessions())
        if view.water is not None and view.water.pour is not None:
            live[view.water.pour.state] += 1
        sessions = GaugeMetricFamily(
            "kiosk_sessions_open", "Sessions that live or wait to be collected", labels=["state"]
        )
        for state in dict.fromkeys((*SlotState, *WaterState)):
            sessions.add_metric([state.value], live[state.value])
        yield sessions
        slots = GaugeMetricFamily("kiosk_slot_state", "1 for the state that a slot is in", labels=["slot", "state"])
        current = GaugeMetricFamily("kiosk_slot_current_amperes", "What a slot draws", labels=["slot"])
        faults = GaugeMetricFamily("kiosk_slot_fault", "1 while something of a slot is wrong", labels=["slot"])
        for slot in view.slots:
            for state in SlotState:
                slots.add_metric([slot.name, state.value], slot.state is state)
            faults.add_metric([slot.name], slot.fault is not None)
            if slot.mA is not None:
                current.add_metric([slot.name], slot.mA / 1000)
        yield from (slots, current, faults)
        if view.water is not None:
            yield from _of_water(view.water)
        mode = GaugeMetricFamily("kiosk_mode", "1 for the mode that the kiosk is in", labels=["mode"])
        for known in Mode:
            mode.add_metric([known.value], view.mode is known)
        yield mode
        yield GaugeMetricFamily("kiosk_visits", "Cards signed in", len(view.visits))
        yield GaugeMetricFamily("kiosk_faults", "Devices of the kiosk itself that are wrong", len(view.faults))

    def _triggers(self) -> Iterator[Metric]:
        picture = self._kiosk.subscriptions()
        yield GaugeMetricFamily("kiosk_profile_sessions", "Sessions of the pinmap's profiles", picture.live)
        yield GaugeMetricFamily("kiosk_profile_waiting", "Those that wait for a place", picture.waiting)
        counts = CounterMetricFamily("kiosk_profile", "What became of them since the start", labels=["what"])
        for what, count in picture.counts.items():
            counts.add_metric([what], count)
        yield counts

    def _parts(self) -> Iterator[Metric]:
        health = self._kiosk.health()
        parts = GaugeMetricFamily("kiosk_part_ok", "1 for a part that is well, 0 for one that is not", labels=["part"])
        for name, part in health["parts"].items():
            parts.add_metric([name], part["status"] == "ok")
        yield parts
        queue = health["parts"].get("journal", {}).get("queue", 0)
        yield GaugeMetricFamily("kiosk_journal_queue", "Writes that wait for the disk", queue)
        coin = health["parts"].get("coin", {})
        if "dropped_pulses" in coin:
            yield CounterMetricFamily(
                "kiosk_coin_pulses_dropped",
                "Coin pulses since the start that came just when a lock was switched and counted for nothing",
                coin["dropped_pulses"],
            )
        gap = health["tk_gap_ms_max"] / 1000
        yield GaugeMetricFamily("kiosk_tk_gap_seconds_max", "Longest time the screen's thread did not come round", gap)

    def _totals(self) -> Iterator[Metric]:
        totals, store = self._kiosk.store.totals(), self._kiosk.store
        yield CounterMetricFamily("kiosk_sessions", "Sessions ever started", totals.sessions)
        yield CounterMetricFamily("kiosk_facts", "Facts ever stored", totals.facts)
        yield GaugeMetricFamily(
            "kiosk_sold_seconds", "Time sold, less what was refunded", totals.sold.get(Unit.SECONDS, 0)
        )
        litres = totals.sold.get(Unit.MILLILITRES, 0) / 1000
        yield GaugeMetricFamily("kiosk_sold_litres", "Water sold, less what was refunded", litres)
        yield CounterMetricFamily("kiosk_energy_joules", "Energy given to phones", totals.energy_mWh * 3.6)
        yield CounterMetricFamily("kiosk_coins", "Coins ever taken", store.coins())
        cash = GaugeMetricFamily("kiosk_cash_minor", "Where the money is, in minor units", labels=["where"])
        for where, minor in cash_json(store.cash()).items():
            cash.add_metric([where.removesuffix("_minor")], minor)
        yield cash


def _of_water(water: WaterView) -> Iterator[Metric]:
    states = GaugeMetricFamily("kiosk_water_state", "1 for the state that the water is in", labels=["state"])
    for state in WaterState:
        states.add_metric([state.value], water.state is state)
    yield states
    yield GaugeMetricFamily("kiosk_water_fault", "1 while no water can be sold", water.out_of_order is not None)
    litres = water.poured_ml / 1000
    yield GaugeMetricFamily("kiosk_water_litres_since_cleaning", "Water sold since the last cleaning", litres)
