"""What truly flows at a simulated port: the physics, with nobody looking.

Time is the virtual clock's, in nanoseconds, and only goes forward: `Draw.advance` moves the truth from one change of
the draw to the next, and counts along for how long something drew. A simulation judges every bill by that.
"""

from hardware.bench.phones import Phone

MARKS_MA = (120.0, 25.0)
"""Where a falling draw means something to the detector: full and paused."""
CLEARLY_MA = 10.0
"""From here on nobody may call it no draw."""
WEAK_MA = 30.0
"""Below this a draw has to be told from none by many readings."""
NEVER_NS = 10**19
_MS = 1_000_000


class Draw:
    """One port: whether it has power, what is plugged into it, and what that draws."""

    def __init__(self) -> None:
        self.power = False
        self.phone: Phone | None = None
        self.known_to_ns = 0
        """Up to here the truth is worked out."""
        self.same_until_ns = 0
        """Up to here it does not change in a way that matters; what lasts but seconds does not."""
        self.draws = False
        """Whether something draws. A line that is dropped for a second counts: the phone is there."""
        self.drawn_ns = 0
        """How long something drew, ever: no session may be billed for more."""
        self.strong_ns = 0
        """For how much of it the draw was one that nobody can overlook."""
        self.clear_since: int | None = None
        """Since when it draws clearly, without a break."""
        self._strong = False
        self.last_mA = 0.0
        """What flowed when somebody last asked."""
        self._asked = False
        self._asked_ns = self._steady_ns = 0

    @property
    def mA(self) -> float:
        """What flows at the instant up to which the truth is known, without noise."""
        now = self.known_to_ns
        if not self._asked or (now != self._asked_ns and now >= self._steady_ns):
            phone = self.phone if self.power else None
            self.last_mA = 0.0 if phone is None else phone.draw_mA(now / 1e9)
            self._steady_ns = now if phone is None else int(phone.steady_until_s * 1e9)
            self._asked, self._asked_ns = True, now
        return self.last_mA

    def at(self, instant_ns: int) -> float:
        """What flows at an instant, without noise; of an earlier one nobody knows more than of the latest."""
        if instant_ns > self.known_to_ns:
            self.advance(instant_ns)
        return self.mA

    def steady_to(self, instant_ns: int) -> bool:
        """Whether `at` gives one and the same for all instants up to this one, of those not asked for yet."""
        return instant_ns <= self.known_to_ns or (self._asked and instant_ns < self._steady_ns)

    @property
    def dropped(self) -> bool:
        """Whether the phone has dropped its line for a moment."""
        return self.phone is not None and self.phone.dropped

    def begin(self, mono: int) -> None:
        """The clock starts anew at ``mono``, without power."""
        self.power = False
        if self.phone is not None:
            self.phone.power(False, 0.0)
        self.known_to_ns = self.same_until_ns = mono
        self._asked, self.clear_since = False, None

    def plug(self, phone: Phone | None) -> None:
        """Something is plugged in, or taken off: call `look` when the world has changed."""
        self.phone = phone
        if phone is not None:
            phone.power(False, self.known_to_ns / 1e9)
            phone.power(self.power, self.known_to_ns / 1e9)

    def switch(self, on: bool) -> None:
        """The port gets or loses power: call `look` when the world has changed."""
        self.power = on
        if self.phone is not None:
            self.phone.power(on, self.known_to_ns / 1e9)

    def advance(self, to_ns: int) -> None:
        """Moves the truth forward, from one change of the draw to the next."""
        while self.known_to_ns < to_ns:
            if self.known_to_ns >= self.same_until_ns:
                self.look()
            end = to_ns if to_ns < self.same_until_ns else self.same_until_ns
            if self.draws:
                self.drawn_ns += end - self.known_to_ns
                self.strong_ns += end - self.known_to_ns if self._strong else 0
            self.known_to_ns = end

    def look(self) -> None:
        """Works out anew what draws, and until when."""
        self._asked = False
        drawn_mA, phone = self.mA, self.phone
        if phone is None or not self.power:
            self.draws, self.clear_since, self.same_until_ns = False, None, NEVER_NS
            return
        self.draws = drawn_mA > 0 or phone.dropped
        self._strong = drawn_mA >= WEAK_MA
        if drawn_mA < CLEARLY_MA and not phone.dropped:
            self.clear_since = None
        elif self.clear_since is None:
            self.clear_since = self.known_to_ns
        change_s = phone.next_change_s(MARKS_MA)
        # Rounded up to the millisecond that `after` knows.
        change_ns = -(-round(change_s * 1e9) // _MS) * _MS if change_s < 1e9 else NEVER_NS
        self.same_until_ns = max(change_ns, self.known_to_ns + _MS)
