"""Where a simulated kiosk keeps what would be real: in its data directory, so that it survives a killed process as
real things do."""

BENCH_PINS = "bench-pins"
"""The levels of the output pins, which stay driven when a process is killed."""
BENCH_WORLD = "bench-world.json"
"""Which phone lies behind which door."""
BENCH_STICK = "bench-stick"
"""A folder that counts as a USB stick while it is there."""
