"""Triggers, and the sessions by the triggers that they run under."""

from collections.abc import Iterator

from sessions.ports import SOLD, Json
from sessions.stages import stage_of_slot, stage_of_water
from sessions.subscriptions import SubscriptionsPicture
from sessions.views import KioskView


def triggers_json(subscriptions: SubscriptionsPicture, view: KioskView) -> Json:
    """What triggers are active, what is subscribed to them, and every session by its trigger: what the pinmap's
    profiles started and what is sold."""
    bound = subscriptions.subscriptions
    started = [
        {"session_id": each.session_id, "trigger": each.trigger, "profile": each.profile, "stage": each.stage.value}
        for each in bound
        if each.stage is not None
    ]
    return {
        "active": sorted(subscriptions.active),
        "subscriptions": [
            {
                "trigger": each.trigger,
                "profile": each.profile,
                "kind": each.kind.value,
                "output": each.output,
                "active": each.active,
                "waits": each.waits,
                "counts": dict(each.counts),
            }
            for each in bound
        ],
        "sessions": [*_sold(view), *started],
        "pool": {"size": subscriptions.pool, "live": subscriptions.live, "waiting": subscriptions.waiting},
        "counts": dict(subscriptions.counts),
    }


def _sold(view: KioskView) -> Iterator[Json]:
    for slot in view.slots:
        if slot.session is not None:
            yield {
                "session_id": slot.session.session_id,
                "trigger": SOLD["charging"].replace("*", slot.name),
                "profile": slot.session.service,
                "stage": stage_of_slot(slot.state).value,
            }
    if view.water is not None and view.water.pour is not None:
        stage = stage_of_water(view.water.state).value
        pour = view.water.pour.session_id
        yield {"session_id": pour, "trigger": SOLD["water"], "profile": "water", "stage": stage}
