"""Fidelity ``wire``: every real driver on the bench, stepped on the virtual clock.

The drivers are built from a pinmap as on a Pi (`hardware.wiring`), on chips behind which the simulated slots are
(`kiosk.simulation.bench_board`). Their threads are not started; what a thread would do in its next round is done here
at the instant at which it would, one after the other, so that the same seed gives the same facts for ever.
"""

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from hardware.berth import Berth
from hardware.card_reader_rdm6300 import Rdm6300Reader
from hardware.coin_acceptor import PulseCoinAcceptor
from hardware.display import DisplayWorker
from hardware.lock import IDLE_NS, LockBank
from hardware.rfid_frames import ETX, STX, checksum, frame_bytes
from hardware.wiring import COIN_ENABLE, Wiring, wire
from hardware.workers import Health, Worker
from kiosk.simulation.bench_board import BenchBoard
from kiosk.simulation.board import pinmap_of
from kiosk.simulation.stepped import ASKED_NS, MS, PULSE_MS, SETTLING_POLLS, Stepped
from sessions.errors import InvariantBroken
from sessions.ports import AfterId, Reading
from sessions.units import MonoNs

if TYPE_CHECKING:
    from kiosk.simulation.kiosk import SimKiosk
    from kiosk.simulation.slot import SimSlot

_Kind = TypeVar("_Kind", bound=Worker)

FRAMES_MS = (220, 440)
"""A card that is held to the reader for half a second gives a frame at once, and two more."""


class _Board:
    """The drivers of one board, and the chips below them."""

    def __init__(self, electronics: "Wired", slots: "list[SimSlot]", number: int) -> None:
        self._electronics = electronics
        self._owner = electronics.owner
        pinmap = pinmap_of([(slot.name, slot.has_lock, slot.has_door) for slot in slots], first=number == 0)
        self.slots = slots
        self.bench = BenchBoard(pinmap, slots, electronics.owner)
        self.drivers: Wiring = wire(
            pinmap,
            self.bench,
            electronics.post,
            clock=lambda: self._owner.mono,
            pause=lambda seconds: None,
            run_id=electronics.run_id,
        )
        self._bank = _one(self.drivers, LockBank)
        self._displays = _one(self.drivers, DisplayWorker)
        self._bank_id: AfterId | None = None
        self.health = {slot: Health(f"{slot.name}.sensor", electronics.post) for slot in slots}

    def poll_switches(self, now: MonoNs) -> None:
        """Asks the expanders once, and lets the locks' thread see what doors did."""
        for expander in self.drivers.expanders.values():
            expander.poll(now)
        self.work_locks()

    def work_locks(self) -> None:
        """The locks' thread comes round, and again when it says so."""
        if self._bank_id is not None:
            self._owner.after_cancel(self._bank_id)
            self._bank_id = None
        due = self._bank.work()
        if due < self._owner.mono + IDLE_NS:
            self._electronics.watch_switches()
            self._bank_id = self._owner.after(-(-(due - self._owner.mono) // MS), self._work_again)

    def show(self, slot: "SimSlot", text: str) -> None:
        """Has a text written, and reads it off the digits."""
        self.drivers.slots[slot.name].show(text)
        self._displays.work()
        slot.text = self.bench.displays[slot].text
        if text.replace(":", "").isdigit() and slot.text != text:
            raise InvariantBroken(f"wire: the display of {slot.name} shows {slot.text!r}, told was {text!r}")

    def _work_again(self) -> None:
        self._bank_id = None
        self.work_locks()


class Wired(Stepped):
    """The electronics of one kiosk, with its drivers."""

    def __init__(self, kiosk: "SimKiosk") -> None:
        super().__init__(kiosk)
        self._boards = [_Board(self, slots, number) for number, slots in enumerate(self.boards())]
        self._board_of = {slot: board for board in self._boards for slot in board.slots}
        reader, coin = self._boards[0].drivers.reader, self._boards[0].drivers.coin
        assert isinstance(reader, Rdm6300Reader)
        assert isinstance(coin, PulseCoinAcceptor)
        self._reader, self._coin = reader, coin
        # A start waits until every door has been seen twice; what is posted meanwhile, nobody hears yet.
        for _ in range(2):
            for board in self._boards:
                board.poll_switches(MonoNs(self.owner.mono))

    def start(self) -> None:
        super().start()
        self._boards[0].drivers.outputs.set(COIN_ENABLE, True)

    def close(self) -> None:
        for board in self._boards:
            board.drivers.all_off()
            board.drivers.stop()

    # Slots.

    def power(self, slot: "SimSlot", on: bool) -> None:
        self._board_of[slot].drivers.slots[slot.name].set_power(on)

    def unlock(self, slot: "SimSlot", on: bool) -> None:
        board = self._board_of[slot]
        if not self._polls_left:
            # On a kiosk the last poll is never older than a tenth of a second: what it said is known.
            self.poll_switches(MonoNs(self.owner.mono))
        board.drivers.slots[slot.name].set_unlocked(on)
        board.work_locks()

    def show(self, slot: "SimSlot", text: str) -> None:
        self._board_of[slot].show(slot, text)

    def door_open(self, slot: "SimSlot") -> bool | None:
        return self._board_of[slot].drivers.slots[slot.name].door_open()

    def switch_moved(self, slot: "SimSlot") -> None:
        self._board_of[slot].bench.move_switch(slot)
        super().switch_moved(slot)

    def poll_switches(self, now: MonoNs) -> None:
        for board in self._boards:
            board.poll_switches(now)

    def readings(self, slot: "SimSlot", numbers: range) -> list[Reading]:
        board = self._board_of[slot]
        sensor, shunt, taken = board.drivers.slots[slot.name].sensor, board.bench.shunts[slot], []
        for number in numbers:
            at, before = MonoNs(number * ASKED_NS), sensor.readings.newest
            shunt.convert(at, number)
            sensor.poll(at)
            newest = sensor.readings.newest
            if newest is not None and newest is not before:
                taken.append(newest)
        return taken

    def poll_sensor(self, slot: "SimSlot", now: MonoNs) -> bool:
        board = self._board_of[slot]
        board.bench.shunts[slot].convert(now, now // (100 * MS))
        health = board.health[slot]
        health.seen(board.drivers.slots[slot.name].sensor.poll(now), now)
        return health.settled

    def watch_switches(self) -> None:
        """A lock looks whether its door moves: the switches are asked on."""
        self._polls_left = max(self._polls_left, SETTLING_POLLS)
        self._await_poll()

    def lose_settings(self, slot: "SimSlot") -> None:
        self._board_of[slot].bench.shunts[slot].chip.reset()

    # Cards.

    def open_reader(self) -> None:
        self.plug_reader(self.kiosk.reader_works)

    def plug_reader(self, there: bool) -> None:
        if there:
            self._reader.found()
        else:
            self._reader.lost(OSError("the simulated cable is out"))

    def tap(self, uid: str) -> None:
        frame = frame_bytes(f"00{uid.removeprefix('em4100:')}")
        self._send(frame)
        for after_ms in FRAMES_MS:
            self.owner.after(after_ms, lambda: self._send(frame))

    def noise(self, bad_frames: int) -> None:
        self._send(b"".join(_damaged(number) for number in range(bad_frames)))
        self.owner.after(10_001, lambda: self._reader.take(b""))

    def _send(self, data: bytes) -> None:
        if self._reader.connected:
            self._reader.take(data)

    # Coins.

    @property
    def chute_open(self) -> bool:
        return self._boards[0].bench.takes_coins

    def open_chute(self) -> None:
        self._coin.work()

    def send_pulses(self, first: int, pulses: int) -> None:
        for number in range(2 * pulses):
            at_ms = (first - self.owner.mono) // MS + number * PULSE_MS
            self.owner.after(at_ms, partial(self._drive_coin_line, number % 2 == 1))

    def _drive_coin_line(self, level: bool) -> None:
        line = self._boards[0].bench.coin_line
        assert line is not None
        line.drive(level)
        self._coin.work()
        look_at = self._coin.trains.look_at
        if look_at is not None:
            self.owner.after(-(-(look_at - self.owner.mono) // MS), self._coin.work)


def _damaged(number: int) -> bytes:
    """A frame with one thing wrong with it: its checksum, its length or a digit."""
    digits = f"{number * 0x9E3779B1 & 0xFFFFFFFFFF:010X}"
    wrong = f"{checksum(digits) ^ 0x5A:02X}"
    bodies = (digits + wrong, digits, f"{digits[:9]}Z{wrong}")
    return bytes([STX]) + bodies[number % 3].encode("ascii") + bytes([ETX])


def _one(drivers: Wiring, kind: type[_Kind]) -> _Kind:
    threads = [worker.worker if isinstance(worker, Berth) else worker for worker in drivers.workers]
    return next(thread for thread in threads if isinstance(thread, kind))
