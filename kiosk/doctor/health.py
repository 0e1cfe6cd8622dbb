"""How the Pi itself is: supply, heat, clock, watchdog, network."""

from collections.abc import Iterator

from kiosk.doctor.findings import Check, Topic
from kiosk.doctor.machine import Machine

HOTTEST_C = 80.0
"""Where a Pi begins to slow itself down (Raspberry Pi documentation, "Frequency management and thermal control")."""
SUPPLY = "Use a supply of 5.1 V and 3 A (Pi 5: 5 A) with its own cable, and feed no port from the Pi's 5 V."
AIR = "Give it air: a heat sink, a fan, a cabinet with openings above and below."
NOW = {0: ("undervoltage", SUPPLY), 1: ("frequency capped", AIR), 2: ("throttled", AIR), 3: ("too hot", AIR)}
"""The bits of `vcgencmd get_throttled` (Raspberry Pi documentation, "vcgencmd"). 16 higher, each stays set from when it
happened until the next restart."""
STICKY = 16

_pi = Topic("pi")
_clock = Topic("clock")
_network = Topic("network")


def examine(machine: Machine) -> Iterator[Check]:
    """Everything about the Pi."""
    yield _throttled(machine)
    yield _temperature(machine)
    yield _watchdog(machine)
    yield _time(machine)
    yield _connected(machine)


def _throttled(machine: Machine) -> Check:
    said = machine.ask("usr/bin/vcgencmd", "get_throttled")
    if said is None:
        return _pi.skipped("supply", "vcgencmd is not there: this is no Raspberry Pi OS.")
    figure = said.partition("=")[2]
    try:
        bits = int(figure, 16)
    except ValueError:
        return _pi.skipped("supply", f"vcgencmd says: {said[:80]}. The user must be in the group video.")
    now = [bit for bit in NOW if bits >> bit & 1]
    before = [bit for bit in NOW if bits >> (bit + STICKY) & 1 and bit not in now]
    if not now and not before:
        return _pi.passed("supply", figure)
    words = [f"Now: {NOW[bit][0]}." for bit in now] + [f"Since the last restart: {NOW[bit][0]}." for bit in before]
    advice = dict.fromkeys(NOW[bit][1] for bit in (*now, *before))
    later = "That is remembered until the next restart: mend it, restart, ask again." if before and not now else ""
    return _pi.failed("supply", " ".join([*words, *advice, later]).rstrip(), figure)


def _temperature(machine: Machine) -> Check:
    said = machine.text("sys/class/thermal/thermal_zone0/temp")
    if said is None or not said.strip().lstrip("-").isdigit():
        return _pi.skipped("temperature", "The kernel shows no thermometer.")
    return _pi.measured("temperature", int(said) / 1000, "C", (None, HOTTEST_C), AIR)


def _watchdog(machine: Machine) -> Check:
    if not machine.path("dev/watchdog0").exists():
        if machine.model is None:
            return _pi.skipped("watchdog", "This machine has no hardware watchdog.")
        return _pi.failed("watchdog", "There is no /dev/watchdog0: dtparam=watchdog=on is missing in config.txt.")
    fed = machine.systemd("", "RuntimeWatchdogUSec")
    if fed is None:
        return _pi.skipped("watchdog", "systemd is not there to be asked.")
    advice = "Nobody feeds it, so a Pi that hangs stays hung: run deploy/install.sh again and restart the Pi."
    return _pi.judged("watchdog", fed not in ("", "0", "infinity"), advice, fed)


def _time(machine: Machine) -> Check:
    """Bills by the day and proven outages need the time; a Pi without a battery clock starts where it stopped."""
    if machine.path("run/systemd/timesync/synchronized").exists():
        return _clock.passed("set", "by the network")
    if machine.systemd("", "RuntimeWatchdogUSec") is not None:
        synchronised = machine.ask("usr/bin/timedatectl", "show", "--property", "NTPSynchronized", "--value")
        if synchronised == "yes":
            return _clock.passed("set", "by the network")
    if machine.path("dev/rtc0").exists():
        hint = "The network has not set it since the start; the battery clock is believed."
        return _clock.passed("set", "battery clock", hint)
    advice = (
        "Connect the kiosk to a network with a time server, or add a battery clock (DS3231; a Pi 5 needs its battery)."
    )
    return _clock.failed("set", f"The clock was not set since the start. {advice}", "not set")


def _connected(machine: Machine) -> Check:
    links = sorted(machine.path("sys/class/net").glob("*/operstate"))
    up = [link.parent.name for link in links if link.parent.name != "lo" and _is_up(machine, link.parent.name)]
    routes = (machine.text("proc/net/route") or "").splitlines()[1:]
    way_out = any(line.split()[1:2] == ["00000000"] for line in routes)
    if up and way_out:
        return _network.passed("connected", " ".join(up))
    wanted = machine.firebase is not None and machine.firebase.database_url is not None
    if not wanted:
        return _network.skipped("connected", "There is no network, and this kiosk belongs to no fleet: it needs none.")
    advice = "Check cable, Wi-Fi (sudo nmtui) and router. Sales go on; what is to be told to the fleet waits."
    return _network.failed("connected", advice, " ".join(up) or "no link")


def _is_up(machine: Machine, link: str) -> bool:
    return machine.text(f"sys/class/net/{link}/operstate") in ("up", "unknown")
