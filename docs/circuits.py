"""Draws `docs/circuits/`: for each step of `docs/build-one.md` its parts, wires and resistors, as the pinmap has them.

``.venv/bin/python -m docs.generate`` makes them with the pages; a test holds the committed files against this. Pins,
currents and the shunt are the pinmap's; the order along a port is that of `hardware.wiring_plan.Plan.port_way`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.circuit_sheet import BLACK, RED, Circuit, Point
from hardware.pinmap import load_pinmap
from hardware.wiring_plan import plan
from hardware.wiring_wires import Kind

FOLDER: Final = Path(__file__).with_name("circuits")
PINMAP: Final = load_pinmap(FOLDER.parents[1] / "pinmap.json")
PLAN: Final = plan(PINMAP)
SLOTS: Final = tuple(slot.name for slot in PINMAP.slots)
FUSE: Final = "fuse 3 A"
EDGE: Final = 130
"""Where the wires begin, right of the pins."""


def supplies() -> Circuit:
    """Supplies, fuses, and the one screw where all grounds meet."""
    c = Circuit(PLAN, "Supplies: each way out has its fuse", ())
    usb, aux = PINMAP.supplies["usb"], PINMAP.supplies["aux"]
    ways = [f"{name} COM" for name in SLOTS]
    for name, y, ends in (
        (f"usb: {usb.V:g} V, {usb.max_mA / 1000:g} A", 80, ways),
        (f"aux: {aux.V:g} V, {aux.max_mA / 1000:g} A", 290, ["locks, pump", "coin acceptor"]),
    ):
        box = c.part(name, 24, y, (), ("+", "-"), width=150)
        c.ground(box["-"], 200)
        fork = 230 if ends is ways else 370
        for number, end in enumerate(ends):
            at = box["+"][1] + number * 44
            c.wire(RED, *(() if number else (box["+"],)), (fork, box["+"][1]), (fork, at), (420, at))
            if ends is ways or not number:
                c.inside(300, at, FUSE)
            c.flag(end, 420, at, RED, facing=-1)
    pi = c.part("the Pi's own: 5.1 V, 3 A", 24, 420, (), ("USB-C",), width=190)
    c.wire(BLACK, pi["USB-C"], (420, pi["USB-C"][1]))
    c.flag("the Pi's socket", 420, pi["USB-C"][1], BLACK, facing=-1)
    c.note(24, 510, "Ground is one screw: both minus poles, the Pi (J8:6), and every part's ground go there.")
    return c


def bus() -> Circuit:
    """The I2C cable: four wires from chip to chip."""
    c = Circuit(PLAN, "I2C: four wires, from chip to chip", ("I2C",))
    rails = [c.flag("3.3 V  J8:1", EDGE, 80, RED), c.pin("I2C bus 1", "SDA", EDGE, 110)]
    rails += [c.pin("I2C bus 1", "SCL", EDGE, 140), c.flag("ground  J8:9", EDGE, 170, BLACK)]
    inks: tuple[Kind | str, ...] = (RED, "i2c", "i2c", BLACK)
    for number, chip in enumerate(PLAN.addresses):
        x = 190 + number % 5 * 122
        ends = c.part(chip.holder, x, 230, ("VCC", "SDA", "SCL", "GND"), width=86)
        for wire, (rail, end) in enumerate(zip(rails, ends.values(), strict=True)):
            down = x - 8 - 7 * wire
            c.wire(inks[wire], rail, (down, rail[1]), (down, end[1]), end)
            c.sheet.dot(down, rail[1], 4, BLACK)
        straps = chip.straps.replace("ground", "GND").split(", ")
        for line, text in enumerate((f"0x{chip.address:02x}", chip.chip.upper(), *straps)):
            c.sheet.text(x, 375 + line * 18, text, 12, bold=line == 0)
    return c


def displays() -> Circuit:
    """Displays: one clock for all, a data wire each."""
    c = Circuit(PLAN, "Displays: CLK is shared, DIO is not", tuple(f"{name}.display" for name in SLOTS))
    first: dict[str, Point] = {}
    rails = {"VCC": (430, RED), "GND": (455, BLACK), "CLK": (480, "display")}
    for number, name in enumerate(SLOTS):
        ends = c.part(f"{name}.display", 540, 66 + number * 146, ("VCC", "GND", "CLK", "DIO"))
        first = first or ends
        for end, (x, ink) in rails.items():
            c.wire(ink, (x, first[end][1]), (x, ends[end][1]), ends[end])
            c.sheet.dot(x, ends[end][1], 4, BLACK)
        c.wire("display", c.pin(f"{name}.display", "DIO", EDGE, ends["DIO"][1]), ends["DIO"])
        c.inside(240, ends["DIO"][1], "470 ohm")
    c.wire(RED, c.flag("3.3 V  J8:17", EDGE, first["VCC"][1], RED), (430, first["VCC"][1]))
    c.wire(BLACK, c.flag("ground  J8:14", EDGE, first["GND"][1], BLACK), (455, first["GND"][1]))
    c.wire("display", c.pin(f"{SLOTS[0]}.display", "CLK", EDGE, first["CLK"][1]), (480, first["CLK"][1]))
    return c


def port() -> Circuit:
    """One slot: supply, fuse, relay, bleeder, shunt, port."""
    slot = PINMAP.slots[0]
    c = Circuit(PLAN, f"The way of the current to a phone: {slot.name}", tuple(f"{name}.relay" for name in SLOTS))
    out = _relay(c, "usb +", f"{slot.name}.relay", "IN", f"{slot.name}.relay")
    sensor = c.part("INA219", 450, out[1] - 40, ("VIN+", "", "", "", "VCC", "GND", "SDA", "SCL"), ("VIN-",), width=100)
    c.wire(RED, out, sensor["VIN+"])
    c.to_ground(385, out[1], "4.7 kohm")
    cable = c.part("cable", 610, out[1] - 40, ("red", "white", "green", "black"), width=100)
    c.wire(RED, sensor["VIN-"], cable["red"])
    c.wire("safety", cable["white"], (592, cable["white"][1]), (592, cable["green"][1]), cable["green"])
    c.ground(cable["black"], 580)
    c.sheet.text(500, out[1] - 52, f"shunt {slot.sensor.shunt_ohm:g} ohm", 11, anchor="middle", bold=True)
    c.sheet.text(660, out[1] - 52, slot.plug or "", 11, anchor="middle", bold=True)
    c.note(
        24, 420, "The 4.7 kohm sits between relay and sensor; without it the port's voltage hangs in the air.",
        "VCC, GND, SDA, SCL: the I2C cable. White and green (D- and D+) meet each other and nothing else.",
        "The other slots are the same, each with its own relay pin and its own address.",
    )  # fmt: skip
    return c


def lock() -> Circuit:
    """One slot's lock and its door switch."""
    name = SLOTS[0]
    used = tuple(f"{each}.lock" for each in SLOTS)
    c = Circuit(PLAN, f"A lock and its door switch: {name}", used)
    load = _switched(c, 120, "aux +", f"{name}.lock", "driver", "lock", ("switch 1", "switch 2"), FUSE)
    door = c.pin(f"{name}.door", "switch to ground", 645, load["switch 1"][1], facing=-1)
    c.wire("door", load["switch 1"], door)
    c.ground(load["switch 2"], 645)
    c.note(
        24, 350, "One fuse serves all locks and the pump. Each lock has a MOSFET and a diode of its own.",
        f"The switch is closed while the door is shut. Doors of {SLOTS[1]} to {SLOTS[-1]}: the expander's next pins.",
    )  # fmt: skip
    return c


def reader() -> Circuit:
    """The card reader and its divider."""
    c = Circuit(PLAN, "The card reader: its 5 V signal goes through a divider", ("reader",))
    part = c.part("RDM6300", 540, 80, ("5 V", "GND", "", "TX"), ("antenna", "antenna "))
    _feeds(c, part)
    _divider(c, "reader", "TX", part["TX"])
    return c


def coins() -> Circuit:
    """The coin acceptor, its supply through a relay."""
    c = Circuit(PLAN, "The coin acceptor: without the kiosk it has no power, and gives every coin back", ("coin",))
    out = _relay(c, "aux +, fused", "coin.enable", "inhibit", "relay module")
    part = c.part("acceptor", 480, out[1] - 40, ("12 V", "", "GND"), ("", "", "COIN"), width=110)
    c.wire(RED, out, part["12 V"])
    c.ground(part["GND"], 455)
    c.wire("coin", part["COIN"], c.pin("coin", "COIN", 660, part["COIN"][1], facing=-1))
    c.to_plus(625, part["COIN"][1], "10 kohm")
    return c


def water() -> Circuit:
    """Pump, flow meter and cup sensor."""
    c = Circuit(PLAN, "Water: pump, flow meter, cup sensor", ("water",))
    _switched(c, 120, "aux +, fused", "water.pump", "driver", "pump")
    flow = c.part("flow meter", 540, 360, ("signal", "", "5 V", "GND"))
    _feeds(c, flow)
    c.wire("water", c.pin("water.flow", "signal", EDGE, flow["signal"][1]), flow["signal"])
    c.to_plus(240, flow["signal"][1], "10 kohm")
    cup = c.part("cup sensor", 540, 510, ("5 V", "GND", "TRIG", "", "ECHO"))
    _feeds(c, cup)
    c.wire("water", c.pin("water.cup", "TRIG", EDGE, cup["TRIG"][1]), cup["TRIG"])
    _divider(c, "water.cup", "ECHO", cup["ECHO"])
    return c


def safety() -> Circuit:
    """Thermometer and loops."""
    c = Circuit(PLAN, "Safety: a thermometer, and loops that are closed while all is well", ("temperature",))
    probe = c.part("DS18B20", 540, 100, ("data", "3.3 V", "GND"))
    c.wire("safety", c.pin("temperature1", "DQ", EDGE, probe["data"][1]), probe["data"])
    c.to_plus(240, probe["data"][1], "4.7 kohm")
    c.wire(RED, c.flag("3.3 V  J8:1", EDGE, probe["3.3 V"][1], RED), probe["3.3 V"])
    c.wire(BLACK, c.flag("ground  J8:9", EDGE, probe["GND"][1], BLACK), probe["GND"])
    for number, (holder, title) in enumerate(
        (("smoke", "smoke: relay contact"), ("stop", "stop button, NC"), ("water.tray", "tray: float switch"))
    ):
        part = c.part(title, 300, 240 + number * 90, ("1",), ("2",), width=180)
        c.wire("safety", c.pin(holder, "loop to ground, ok = low", EDGE, part["1"][1]), part["1"])
        c.ground(part["2"], 540)
    return c


def outputs() -> Circuit:
    """Fan, buzzer and lamp."""
    c = Circuit(PLAN, "Fan, buzzer, lamp", ("fan", "buzzer"))
    _switched(c, 120, "its supply +", "fan", "input", "fan")
    buzzer = c.part("buzzer", 540, 340, ("+", "-"))
    transistor = c.part("BC337", 320, 360, ("base", "", "emitter"), ("collector",), width=140)
    c.wire(RED, c.flag("5 V  J8:4", EDGE, buzzer["+"][1], RED), (150, buzzer["+"][1]), (150, 340), (500, 340))
    c.wire(RED, (500, 340), (500, buzzer["+"][1]), buzzer["+"])
    c.link("output", transistor["collector"], buzzer["-"])
    c.wire("output", c.pin("buzzer", "input", EDGE, 420), (230, 420), (230, transistor["base"][1]), transistor["base"])
    c.inside(270, transistor["base"][1], "1 kohm")
    c.ground(transistor["emitter"], 300)
    lamp = c.part("LED", 540, 480, ("+",), ("-",))
    c.wire("output", c.pin("lamp", "+", EDGE, lamp["+"][1]), lamp["+"])
    c.inside(240, lamp["+"][1], "1 kohm")
    c.ground(lamp["-"], 700)
    return c


PICTURES: Final[dict[str, Callable[[], Circuit]]] = {
    each.__name__: each
    for each in (supplies, bus, displays, port, lock, reader, coins, water, safety, outputs)
}  # fmt: skip


def write() -> None:
    """Write every picture."""
    for name, draw in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw().svg(), encoding="utf-8")


def _relay(c: Circuit, supply: str, holder: str, end: str, title: str) -> Point:
    """Draw a supply through a fuse and a relay's contact, and what drives the relay; gives its contact NO."""
    relay = c.part(title, 230, 120, ("COM", "", "VCC", "GND", "IN"), ("NO", "NC"), width=120)
    c.wire(RED, c.flag(supply, EDGE, relay["COM"][1], RED), relay["COM"])
    if supply == "usb +":
        c.inside(180, relay["COM"][1], FUSE)
    c.wire(RED, c.flag("5 V  J8:2", EDGE, relay["VCC"][1], RED), relay["VCC"])
    c.wire(BLACK, c.flag("ground  J8:6", EDGE, relay["GND"][1], BLACK), relay["GND"])
    kind: Kind = "coin" if holder.startswith("coin") else "relay"
    c.wire(kind, c.pin(holder, end, EDGE, relay["IN"][1]), relay["IN"])
    c.to_ground(165, relay["IN"][1], "10 kohm")
    return relay["NO"]


def _switched(
    c: Circuit, y: float, supply: str, holder: str, end: str, title: str, more: tuple[str, ...] = (), fuse: str = ""
) -> dict[str, Point]:
    """Draw a load whose minus a MOSFET switches, a coil's with diode and resistor; gives the load's terminals."""
    load = c.part(title, 510, y - 40, ("plus", "minus"), more, width=110)
    mosfet = c.part("MOSFET module", 210, y + 70, ("gate", "", "source"), ("drain",), width=150)
    plus = c.flag(supply, EDGE, y, RED)
    c.wire(RED, plus, load["plus"])
    if fuse:
        c.inside(180, y, fuse)
    c.link(BLACK, mosfet["drain"], load["minus"], 470)
    kind: Kind = "lock" if more else "water" if title == "pump" else "output"
    c.wire(kind, c.pin(holder, end, EDGE, mosfet["gate"][1]), mosfet["gate"])
    if kind != "output":
        c.wire(RED, (400, y), (400, y + 55))
        c.diode(400, 470, y + 55)
        for x, at in ((400, y), (470, y + 55)):
            c.sheet.dot(x, at, 4, BLACK)
        c.to_ground(145, mosfet["gate"][1], "10 kohm")
    c.ground(mosfet["source"], 195)
    return load


def _feeds(c: Circuit, part: dict[str, Point]) -> None:
    c.wire(RED, c.flag("5 V  J8:2", EDGE, part["5 V"][1], RED), part["5 V"])
    c.wire(BLACK, c.flag("ground  J8:6", EDGE, part["GND"][1], BLACK), part["GND"])


def _divider(c: Circuit, holder: str, end: str, signal: Point) -> None:
    c.wire("serial" if holder == "reader" else "water", c.pin(holder, end, EDGE, signal[1]), signal)
    c.inside(420, signal[1], "10 kohm")
    c.to_ground(240, signal[1], "20 kohm")
