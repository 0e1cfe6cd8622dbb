"""The main contactor on the bench: its coil, its contacts, and the auxiliary contact that moves with them."""

from collections.abc import Callable
from typing import Literal

from hardware.bench.wires import Level, Wire

Stuck = Literal["welded", "open"]


class BenchContactor:
    """`fault` is contacts that do not obey the coil."""

    def __init__(self, coil: Wire, active: Level, feedback: Callable[[bool], None]) -> None:
        """`feedback` is told whether the contacts are closed."""
        self._coil = coil
        self._active = active
        self._feedback = feedback
        self._fault: Stuck | None = None
        coil.watch(lambda level: feedback(self.closed))
        feedback(self.closed)

    @property
    def closed(self) -> bool:
        """Whether the ports are fed."""
        return self._fault == "welded" or (self._fault is None and self._coil.carries(self._active))

    def stick(self, fault: Stuck, on: bool) -> None:
        """Break the contacts, or mend them."""
        if on:
            self._fault = fault
        elif self._fault == fault:
            self._fault = None
        self._feedback(self.closed)
