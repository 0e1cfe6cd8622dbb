"""Values: dataclasses that nobody edits, as cheap to make as those that anybody may.

Every decision makes some dozens of them: its command, facts with their transfers, the entities they change. A frozen
dataclass pays for its guard when it is made, because its constructor has to go around that guard for each field: three
times the price of a plain one. Here the type checker is the guard: it reads ``frozen=True`` and refuses every
assignment to a field. While the program runs nothing checks that again.
"""

from typing import TYPE_CHECKING

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen, slots):
        """As ``dataclass(frozen=True, slots=True)``, which is how it must be called."""
        return dataclass(slots=slots, unsafe_hash=frozen)
