"""A PN532 on a serial line: what Adafruit's driver asks, answered as the chip does (PN532 user manual, UM0701-02).

It sleeps until it is woken (7.2.11), reads no card before SAMConfiguration (7.2.10), acknowledges every good frame
(6.2.1.3), and lets InListPassiveTarget (7.3.5) wait until a card is there or another command comes. Of cards it knows
ISO 14443 type A, with UIDs of 4 and 7 bytes.
"""

import random
from typing import Final

from hardware.bench.ports import LinePort
from hardware.bench.reader import BenchReader

ACK: Final = bytes.fromhex("0000ff00ff00")
NACK: Final = bytes.fromhex("0000ffff0000")
SYNTAX_ERROR: Final = bytes.fromhex("0000ff01ff7f8100")
WAKE_UP: Final = 0x55
START: Final = b"\x00\xff"
TO_CHIP, TO_HOST = 0xD4, 0xD5
GET_FIRMWARE, SAM_CONFIGURATION, IN_LIST = 0x02, 0x14, 0x4A
FIRMWARE: Final = bytes.fromhex("32010607")
"""IC PN532, version 1.6, which every chip sold gives."""
LOOK_S: Final = 0.01
LONGEST: Final = 1024
"""Bytes kept of what was sent without a frame in it."""


class BenchPn532(BenchReader):
    """The chip and its antenna."""

    cards = "iso14443"

    def __init__(self, rng: random.Random | None = None) -> None:
        self._received = b""
        self._awake = self._configured = self._searching = False
        self._turn = 0
        super().__init__(LinePort("card-reader"), rng)

    def unplug(self) -> None:
        """Pull the cable; the chip loses its supply with it."""
        super().unplug()
        with self._lock:
            self._awake = self._configured = self._searching = False

    def _work(self) -> None:
        data = self._port.read(LOOK_S)
        if not self.plugged:
            self._changed.wait(LOOK_S)
        with self._lock:
            if "flood" in self._faults:
                self._port.write(self._rng.randbytes(4096))
            if "silent" in self._faults:
                return
            for command in self._commands(data):
                self._obey(command)
            if self._searching and self._lying:
                self._searching = False
                self._answer(IN_LIST, self._found())

    def _commands(self, data: bytes) -> list[bytes]:
        """The commands that are complete by now, each without its frame."""
        self._received = (self._received + data)[-LONGEST:]
        if WAKE_UP in self._received:
            self._awake = True
        commands = []
        while (start := self._received.find(START)) >= 0:
            body = self._received[start + 2 :]
            if len(body) < 2 or len(body) < body[0] + 4:
                break
            length = body[0]
            self._received = body
            if (length + body[1]) & 0xFF or sum(body[2 : 3 + length]) & 0xFF or not length:
                continue  # No frame, or the host's ACK; the next one may begin within.
            self._received = body[length + 4 :]
            if self._awake and body[2] == TO_CHIP:
                commands.append(bytes(body[3 : 2 + length]))
        return commands

    def _obey(self, command: bytes) -> None:
        self._searching = False
        if "garbage" in self._faults and self._rng.random() < 0.5:
            self._port.write(self._rng.choice((NACK, ACK[:3], self._rng.randbytes(9))))
            return
        self._port.write(ACK)
        if command[0] == GET_FIRMWARE:
            self._answer(GET_FIRMWARE, FIRMWARE)
        elif command[0] == SAM_CONFIGURATION:
            self._configured = True
            self._answer(SAM_CONFIGURATION, b"")
        elif command == bytes([IN_LIST, 1, 0]) and self._configured:
            self._searching = True
        else:
            self._port.write(SYNTAX_ERROR)

    def _found(self) -> bytes:
        """One target: its number, SENS_RES, SEL_RES and its UID. Two cards take turns."""
        self._turn += 1
        uid = bytes.fromhex(list(self._lying.values())[self._turn % len(self._lying)])
        kind = bytes.fromhex("004400" if len(uid) == 7 else "000408")
        return b"\x01\x01" + kind + bytes([len(uid)]) + uid

    def _answer(self, command: int, data: bytes) -> None:
        body = bytes([TO_HOST, command + 1]) + data
        frame = b"\x00" + START + bytes([len(body), -len(body) & 0xFF]) + body + bytes([-sum(body) & 0xFF, 0])
        if "garbage" in self._faults:
            at = self._rng.randrange(5, len(frame) - 1)
            frame = frame[:at] + bytes([frame[at] ^ 0x10]) + frame[at + 1 :]
        self._port.write(frame)
