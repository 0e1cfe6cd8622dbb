"""Every path by touch alone, lying and upright: whatever can be touched is touched, nothing is cut off anywhere, and
from everywhere there is a way on.
"""

import pytest

from sessions.rules import Rules
from tests.kiosk.screens.test_layout import assert_whole
from tests.kiosk.screens.walker import CARDS, MakeWalker, Walker, some_slots

STEPS = 90


def walk(walker: Walker, size: tuple[int, int]) -> None:
    """Touches what was never touched, and where all was, what was touched least, after the person did their part."""
    for step in range(STEPS):
        if all(walker.touched[counted] for counted, _ in walker.choices()):
            take_part(walker, step)
        assert_whole(walker.stage, walker.screen, walker.model, size)
        choices = walker.choices()
        if not choices:
            # Only what goes away by itself has nothing to touch.
            assert walker.nav.visit is None, walker.screen
            walker.pass_time(61)
            continue
        counted, touchable = min(choices, key=lambda choice: walker.touched[choice[0]])
        walker.touched[counted] += 1
        walker.touch(touchable)
    walker.kiosk.check()
    walker.kiosk.check_history()


def take_part(walker: Walker, step: int) -> None:
    """Coins and a card where nobody is signed in, else what is to do at the slots; now and then time goes by."""
    if step % 10 == 9:
        walker.pass_time(400)
    elif walker.nav.visit is not None:
        walker.take_part()
    else:
        if step % 2:
            walker.kiosk.coin(1000)
            walker.pass_time(1.0)
        walker.tap(CARDS[step % len(CARDS)])


@pytest.mark.parametrize("size", [(800, 480), (480, 800)], ids=["lying", "upright"])
@pytest.mark.parametrize("count", [4, 10])
def test_whatever_can_be_touched_leads_somewhere(make_walker: MakeWalker, size, count):
    walker = make_walker(size, Rules(some_slots(count)))
    walk(walker, size)
    meant = {name for _, name in walker.touched}
    assert meant >= {
        "UseSlot", "ChooseTime", "Start", "AddTime", "OpenDoor", "Finish", "Back", "Help", "SignOut", "ShowBoard",
        "ShowSession", "Speak", "Enlarge", "Sharpen", "AskSlot" if count == 4 else "MoreSlots",
    }, meant  # fmt: skip
    assert walker.seen.keys() >= {
        "AttractModel", "HomeModel", "TimeModel", "PlugInModel", "SessionModel", "door_open", "finished", "help",
        "goodbye",
    }, walker.seen  # fmt: skip


@pytest.mark.parametrize("size", [(800, 480), (480, 800)], ids=["lying", "upright"])
def test_from_the_card_to_a_charging_phone_in_two_touches(make_walker: MakeWalker, size):
    walker = make_walker(size, Rules(some_slots(4)))
    walker.kiosk.coin(1000)
    walker.pass_time(1.0)
    walker.tap(CARDS[0])
    touches = 0
    for name in ("UseSlot", "Start"):
        touchable = next(what for (_, meaning), what in walker.choices() if meaning == name)
        walker.touch(touchable)
        touches += 1
    walker.take_part()
    walker.pass_time(5)
    assert walker.screen == "SessionModel"
    assert walker.view.slots[0].state == "charging"
    assert touches <= 4
