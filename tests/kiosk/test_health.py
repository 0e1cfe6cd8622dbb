from functools import partial

import pytest

from kiosk.health import Condition, Health, Part

OK, DEGRADED, FAILED = Condition.OK, Condition.DEGRADED, Condition.FAILED


@pytest.mark.parametrize(
    ("conditions", "worst"),
    [([], OK), ([OK, OK], OK), ([OK, DEGRADED], DEGRADED), ([FAILED, DEGRADED, OK], FAILED), ([OK, FAILED], FAILED)],
)
def test_the_worst_part_decides(conditions, worst):
    probes = {f"part{n}": partial(Part, condition) for n, condition in enumerate(conditions)}
    document = Health(probes, lambda: 1.234).document()
    assert document["status"] == worst
    assert document["tk_gap_ms_max"] == 1.2
    assert [part["status"] for part in document["parts"].values()] == conditions


def test_a_part_brings_its_own_figures():
    health = Health({"journal": lambda: Part(DEGRADED, "The disk is slow.", {"queue": 3})}, lambda: 0)
    assert health.document()["parts"]["journal"] == {"status": "degraded", "detail": "The disk is slow.", "queue": 3}
