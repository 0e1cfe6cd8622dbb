from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from kiosk.after_queue import MS, AfterQueue


@given(st.lists(st.tuples(st.integers(-5, 20), st.booleans()), max_size=40), st.integers(0, 25))
def test_jobs_come_by_their_instant_then_in_order_and_never_when_cancelled(asked, until):
    queue = AfterQueue(lambda: 0)
    came: list[int] = []
    ids = [queue.after(delay, partial(came.append, n)) for n, (delay, _) in enumerate(asked)]
    for after_id, (_, cancelled) in zip(ids, asked, strict=True):
        if cancelled:
            queue.after_cancel(after_id)
    wanted = sorted((max(0, delay), n) for n, (delay, cancelled) in enumerate(asked) if not cancelled)
    assert len(queue) == len(wanted)
    assert queue.next_due() == (wanted[0][0] * MS if wanted else None)
    while (job := queue.take(until * MS)) is not None:
        job[-1]()
    assert came == [n for delay, n in wanted if delay <= until]
    assert len(queue) == len(wanted) - len(came)


def test_cancelling_what_ran_or_what_never_was_is_no_error():
    queue = AfterQueue(lambda: 0)
    ran = queue.after(0, lambda: None)
    assert queue.take(0) is not None
    queue.after_cancel(ran)
    queue.after_cancel("after#7")
    assert queue.take(0) is None


def test_only_what_is_kept_is_left():
    queue = AfterQueue(lambda: 0)
    kept, _ = queue.after(2, lambda: None), queue.after(1, lambda: None)
    queue.keep({kept})
    assert queue.next_due() == 2 * MS
