"""gpiozero's output device, except that closing it leaves the pin driven to off.

gpiozero closes a device when it is collected and makes its pin an input. A relay whose port hangs on the normally
closed contact, or one without its pull-down, would then switch on just because its process ended.
"""

from gpiozero import OutputDevice


class OutputPin(OutputDevice):
    """An output that is off once it is closed."""

    def close(self) -> None:
        """Drive to off, give the reservation back, and leave the pin an output. Closing twice is harmless."""
        pin = getattr(self, "_pin", None)
        if pin is not None:
            if pin.function == "output":
                self.off()
            self.pin_factory.release_pins(self, pin.info.name)
            self._pin = None
        super().close()
