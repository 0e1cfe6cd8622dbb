"""Sleeps 20 ms again and again and notes by how much each was late: the machine's own share of every gap."""

import sys
import time
from pathlib import Path

from benchmarks.notes import Notes

if __name__ == "__main__":
    notes = Notes(Path(sys.argv[1]))
    while True:
        due = time.monotonic() + 0.02
        time.sleep(0.02)
        late_ms = (time.monotonic() - due) * 1e3
        if late_ms > 1:
            notes.add("late", f"{late_ms:.2f}")
