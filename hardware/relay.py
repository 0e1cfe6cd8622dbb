"""A slot's relay: power to its port.

Three things decide which level of the pin means power: whether the board pulls its coil on high or low, and whether
the port hangs on the contact that is open (`NO`) or closed (`NC`) at rest. The pinmap folds them into
`port_on_level`; the output given here is already on when the port has power, so an `NC` port is off only while its
coil is pulled.
"""

from hardware.gpio import Output


class Relay:
    """Power to one port; off from the start."""

    def __init__(self, output: Output) -> None:
        self._output = output

    @property
    def on(self) -> bool:
        """Whether the port is meant to have power. What it really has, its current sensor knows."""
        return self._output.on

    def set(self, on: bool) -> None:
        """Drive the relay to a level; from any thread."""
        self._output.set(on)

    def off(self) -> None:
        """Power off; from any thread and any signal handler."""
        self._output.set(False)
