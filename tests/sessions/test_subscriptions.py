"""Triggers, profiles and subscriptions: what starts, what ends, what is counted, against a simple model."""

import random
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sessions.ports import Profile, ProfileKind, ProfileReport, Progress
from sessions.stages import STAGE_TABLE, Stage, StageEvent
from sessions.subscriptions import Subscriptions
from sessions.tables import IGNORED
from sessions.units import MonoNs

FAN = Profile("fan", ProfileKind.ACTIVE_MONITORING, "fan")
LAMP = Profile("lamp", ProfileKind.ACTIVE_MONITORING, "lamp")
CHIRP = Profile("chirp", ProfileKind.ONE_SHOT, "buzzer", seconds=0.2)
DOOR = "slot1.door"


class Outputs:
    """Drives nothing and answers when it is told to. It remembers what is asked of it."""

    def __init__(self) -> None:
        self.begun: dict[str, Profile] = {}
        self.ended: list[str] = []
        self.live: set[str] = set()

    def begin(self, session: str, profile: Profile) -> None:
        assert session not in self.begun, "an id is used once"
        self.begun[session] = profile
        self.live.add(session)

    def end(self, session: str) -> None:
        assert session in self.live, "only what lives is ended"
        self.ended.append(session)


class Place:
    """Subscriptions, their outputs, and the lines they told."""

    def __init__(self, pool: int = 8) -> None:
        self.outputs = Outputs()
        self.lines: list[str] = []
        self.subscriptions = Subscriptions(self.outputs, self.lines.append, pool)
        self.active: frozenset[str] = frozenset()

    def set(self, trigger: str, is_active: bool) -> None:
        self.active = self.active | {trigger} if is_active else self.active - {trigger}
        self.subscriptions.follow(self.active)

    def say(self, session: str, progress: Progress, why: str = "") -> None:
        if progress is not Progress.RUNS:
            self.outputs.live.discard(session)
        self.subscriptions.heard(ProfileReport(session, progress, why, MonoNs(0)))

    def stage(self, trigger: str, profile: Profile) -> Stage | None:
        found = [
            s for s in self.subscriptions.picture().subscriptions if (s.trigger, s.profile) == (trigger, profile.name)
        ]
        return found[0].stage if found else None

    def count(self, what: str) -> int:
        return self.subscriptions.picture().counts[what]

    def settle(self) -> None:
        """Lets everything that was told to end be over."""
        while self.outputs.ended:
            self.say(self.outputs.ended.pop(0), Progress.OVER)


@pytest.fixture
def place():
    return Place()


@pytest.mark.parametrize(("stage", "event"), STAGE_TABLE)
def test_every_pair_goes_forward_or_nowhere(stage, event):
    order = list(Stage)
    after = STAGE_TABLE[stage, event]
    assert after is IGNORED or (isinstance(after, Stage) and order.index(after) > order.index(stage))
    if stage is Stage.TERMINATED:
        assert after is IGNORED


def test_a_session_goes_through_its_stages_and_the_log_says_why(place):
    place.subscriptions.subscribe(DOOR, FAN)
    place.set(DOOR, True)
    seen = [place.stage(DOOR, FAN)]
    place.say("p1", Progress.RUNS)
    seen.append(place.stage(DOOR, FAN))
    place.set(DOOR, False)
    seen.append(place.stage(DOOR, FAN))
    place.settle()
    assert seen == [Stage.STARTING, Stage.RUNNING, Stage.COMPLETING]
    assert place.stage(DOOR, FAN) is None
    assert place.lines == [
        "fan is subscribed to slot1.door",
        "fan p1 is started by slot1.door",
        "fan p1 of slot1.door is terminated: slot1.door went inactive",
    ]


def test_subscribing_twice_changes_nothing(place):
    assert place.subscriptions.subscribe(DOOR, FAN)
    assert not place.subscriptions.subscribe(DOOR, FAN)
    place.set(DOOR, True)
    assert not place.subscriptions.subscribe(DOOR, FAN)
    assert len(place.outputs.begun) == 1
    place.set(DOOR, False)
    assert place.outputs.ended == ["p1"]


def test_going_inactive_ends_exactly_the_monitoring_sessions_it_started(place):
    for trigger, profile in ((DOOR, FAN), (DOOR, CHIRP), (DOOR, LAMP), ("kiosk.visit", FAN)):
        place.subscriptions.subscribe(trigger, profile)
    place.set("kiosk.visit", True)
    place.set(DOOR, True)
    begun = {profile.name: session for session, profile in place.outputs.begun.items() if session != "p1"}
    place.set(DOOR, False)
    assert set(place.outputs.ended) == {begun["fan"], begun["lamp"]}
    assert place.stage("kiosk.visit", FAN) is Stage.STARTING
    assert place.stage(DOOR, CHIRP) is Stage.STARTING


def test_a_one_shot_fired_while_it_runs_is_ignored_and_counted(place):
    place.subscriptions.subscribe("coin.accepted", CHIRP)
    place.set("coin.accepted", True)
    for _ in range(3):
        place.subscriptions.fire("coin.accepted")
    assert (len(place.outputs.begun), place.count("ignored")) == (1, 3)
    place.say("p1", Progress.OVER, "it has run to its end")
    place.subscriptions.fire("coin.accepted")
    assert len(place.outputs.begun) == 2


def test_a_trigger_that_goes_inactive_ends_a_session_while_it_is_starting(place):
    place.subscriptions.subscribe(DOOR, FAN)
    place.set(DOOR, True)
    place.set(DOOR, False)
    assert place.stage(DOOR, FAN) is Stage.COMPLETING
    place.say("p1", Progress.RUNS)
    assert place.stage(DOOR, FAN) is Stage.COMPLETING
    place.settle()
    assert place.subscriptions.picture().live == 0


def test_active_again_while_completing_begins_anew_when_that_is_over(place):
    place.subscriptions.subscribe(DOOR, FAN)
    for is_active in (True, False, True):
        place.set(DOOR, is_active)
    assert len(place.outputs.begun) == 1
    place.settle()
    assert place.stage(DOOR, FAN) is Stage.STARTING
    assert list(place.outputs.begun) == ["p1", "p2"]


def test_rapid_edges_ten_thousand_times_leave_one_session_or_none(place):
    place.subscriptions.subscribe(DOOR, FAN)
    place.subscriptions.subscribe(DOOR, CHIRP)
    rng = random.Random(5)
    for n in range(10_000):
        place.set(DOOR, n % 2 == 0)
        assert place.subscriptions.picture().live <= 2
        if rng.random() < 0.3:
            place.settle()
        for session in list(place.outputs.live):
            if place.outputs.begun[session] is CHIRP and rng.random() < 0.5:
                place.say(session, Progress.OVER)
    place.set(DOOR, False)
    for session in sorted(place.outputs.live):
        place.say(session, Progress.OVER)
    picture = place.subscriptions.picture()
    assert (picture.live, picture.waiting) == (0, 0)
    assert picture.counts["started"] == picture.counts["terminated"] == len(place.outputs.begun)


def test_a_full_pool_queues_in_order_and_drops_what_is_wanted_no_more():
    place = Place(pool=2)
    names = [f"slot{n}.door" for n in range(1, 6)]
    for name in names:
        place.subscriptions.subscribe(name, FAN)
        place.set(name, True)
    assert (place.subscriptions.picture().live, place.subscriptions.picture().waiting) == (2, 3)
    place.set(names[3], False)
    assert place.count("dropped") == 1
    place.set(names[0], False)
    place.set(names[1], False)
    place.settle()
    assert [place.stage(name, FAN) for name in names] == [None, None, Stage.STARTING, None, Stage.STARTING]
    assert place.subscriptions.picture().waiting == 0


def test_one_that_fails_leaves_the_others_alone(place):
    for profile in (FAN, LAMP, CHIRP):
        place.subscriptions.subscribe(DOOR, profile)
    place.set(DOOR, True)
    lamp = next(session for session, profile in place.outputs.begun.items() if profile is LAMP)
    place.say(lamp, Progress.FAILED, "lamp could not be driven")
    assert (place.stage(DOOR, LAMP), place.stage(DOOR, FAN), place.stage(DOOR, CHIRP)) == (
        None,
        Stage.STARTING,
        Stage.STARTING,
    )
    assert place.count("failed") == 1
    assert place.lines[-1] == f"lamp {lamp} of slot1.door is terminated: lamp could not be driven"


def test_a_reload_ends_what_is_gone_or_changed_and_keeps_the_rest(place):
    place.subscriptions.replace([(DOOR, FAN), (DOOR, LAMP), (DOOR, CHIRP)])
    place.set(DOOR, True)
    slower = Profile("lamp", ProfileKind.ACTIVE_MONITORING, "lamp", on_s=0.5, off_s=0.5)
    place.subscriptions.replace([(DOOR, FAN), (DOOR, slower), ("kiosk.visit", CHIRP)])
    names = {session: profile.name for session, profile in place.outputs.begun.items()}
    assert Counter(names[session] for session in place.outputs.ended) == {"lamp": 1, "chirp": 1}
    assert [profile for profile in place.outputs.begun.values() if profile.name == "lamp"] == [LAMP, slower]
    assert place.stage(DOOR, FAN) is Stage.STARTING
    place.settle()
    place.subscriptions.close()
    place.settle()
    assert place.subscriptions.picture().live == 0
    assert place.subscriptions.picture().subscriptions == ()


def test_a_one_shot_that_is_subscribed_to_what_is_active_already_stays_silent(place):
    place.set(DOOR, True)
    place.subscriptions.replace([(DOOR, CHIRP), (DOOR, FAN)])
    assert list(place.outputs.begun.values()) == [FAN]


TRIGGERS = ["slot1.door", "slot2.door", "coin.accepted"]
PROFILES = [FAN, LAMP, CHIRP]


class Against(RuleBasedStateMachine):
    """Anything in any order, beside a model that knows only who is subscribed and what is active."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Place(pool=3)
        self.bound: set[tuple[str, str]] = set()

    @rule(trigger=st.sampled_from(TRIGGERS), profile=st.sampled_from(PROFILES))
    def subscribe(self, trigger: str, profile: Profile) -> None:
        assert self.place.subscriptions.subscribe(trigger, profile) is ((trigger, profile.name) not in self.bound)
        self.bound.add((trigger, profile.name))

    @rule(trigger=st.sampled_from(TRIGGERS), profile=st.sampled_from(PROFILES))
    def unsubscribe(self, trigger: str, profile: Profile) -> None:
        assert self.place.subscriptions.unsubscribe(trigger, profile.name) is ((trigger, profile.name) in self.bound)
        self.bound.discard((trigger, profile.name))

    @rule(trigger=st.sampled_from(TRIGGERS), is_active=st.booleans())
    def edge(self, trigger: str, is_active: bool) -> None:
        self.place.set(trigger, is_active)

    @rule(trigger=st.sampled_from(TRIGGERS))
    def fire(self, trigger: str) -> None:
        if trigger in self.place.active:
            self.place.subscriptions.fire(trigger)

    @rule(data=st.data())
    def driver_speaks(self, data: st.DataObject) -> None:
        outputs = self.place.outputs
        if outputs.begun:
            session = data.draw(st.sampled_from(sorted(outputs.begun)))
            if session not in outputs.live:
                self.place.say(session, Progress.RUNS)  # Late, or twice: it changes nothing.
                return
            self.place.say(session, data.draw(st.sampled_from(Progress)))
            outputs.ended = [each for each in outputs.ended if each in outputs.live]

    @invariant()
    def what_lives_is_what_the_driver_has(self) -> None:
        picture = self.place.subscriptions.picture()
        assert picture.live == len(self.place.outputs.live) <= 3
        counts = picture.counts
        assert counts["started"] == picture.live + counts["terminated"] + counts["failed"]

    @invariant()
    def each_subscription_is_as_its_trigger_wants(self) -> None:
        told_to_end = set(self.place.outputs.ended)
        for each in self.place.subscriptions.picture().subscriptions:
            assert (each.trigger, each.profile) in self.bound
            monitors = each.kind is ProfileKind.ACTIVE_MONITORING
            if not each.active:
                assert not each.waits
                assert not monitors or each.stage in (None, Stage.COMPLETING)
            if each.session_id is not None:
                assert (each.session_id in told_to_end) is (each.stage is Stage.COMPLETING)
            if each.waits and each.stage is None:
                assert len(self.place.outputs.live) == 3, "nobody waits while there is a place"

    def teardown(self) -> None:
        self.place.subscriptions.close()
        for session in sorted(self.place.outputs.live):
            self.place.say(session, Progress.OVER)
        picture = self.place.subscriptions.picture()
        assert (picture.live, picture.waiting, picture.subscriptions) == (0, 0, ())


Against.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestAgainstAModel = Against.TestCase


def test_no_event_is_left_undecided():
    assert set(STAGE_TABLE) == {(stage, event) for stage in Stage for event in StageEvent}
