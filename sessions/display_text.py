"""What a slot's own four digits show in each state."""

from sessions.machine import SlotState

LONGEST_MM_SS = 99 * 60 + 59

_WORDS = {
    SlotState.AVAILABLE: "FrEE",
    SlotState.RESERVED: "----",
    SlotState.FINISHING: "End",
    SlotState.FAULTED: "Err",
    SlotState.UNAVAILABLE: "OFF",
}


def countdown(seconds: int) -> str:
    """Time left as ``MM:SS``, or as ``HH:MM`` above 99:59, the most that four digits hold either way."""
    high, low = divmod(seconds, 60) if seconds <= LONGEST_MM_SS else divmod(seconds // 60, 60)
    return f"{min(high, 99):02}:{low:02}"


def slot_text(state: SlotState, remaining_s: int) -> str:
    """The display's text: the time left while a session lives, a word otherwise."""
    return _WORDS.get(state) or countdown(remaining_s)
