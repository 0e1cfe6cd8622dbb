"""A Pi's boot files against the pinmap: each good set of files is paired with one change that must be told."""

from pathlib import Path

import pytest

from hardware.boot_config import BootConfig, read_boot
from hardware.boot_wanted import off_levels, wanted_lines
from hardware.errors import BootFilesError, HardwareError
from hardware.pinmap import check_text, load_pinmap
from tests.hardware.pinmap_files import LOCK1, LOCK2, SHIPPED, edited

MODELS = {
    "pi4b": "Raspberry Pi 4 Model B Rev 1.5",
    "pi5": "Raspberry Pi 5 Model B Rev 1.0",
    "pi3b": "Raspberry Pi 3 Model B Rev 1.2",
    "pi3b+": "Raspberry Pi 3 Model B Plus Rev 1.3",
    "pi400": "Raspberry Pi 400 Rev 1.0",
    "zero2w": "Raspberry Pi Zero 2 W Rev 1.0",
}
WANTED = "\n".join(line.text for line in wanted_lines(load_pinmap(SHIPPED)))
CMDLINE = "console=tty1 root=PARTUUID=4c4e106f-02 rootfstype=ext4 fsck.repair=yes rootwait quiet\n"
ON_PI5 = {'"board": "pi4b"': '"board": "pi5"'}


def pi(root: Path, config: str = WANTED, cmdline: str = CMDLINE, board: str = "pi4b", **more: str) -> BootConfig:
    """A Pi's root folder with these boot files in it, read."""
    model = root / "proc" / "device-tree" / "model"
    model.parent.mkdir(parents=True)
    model.write_text(f"{MODELS[board]}\0")
    folder = root / "boot" / "firmware"
    folder.mkdir(parents=True)
    (folder / "config.txt").write_text(config)
    (folder / "cmdline.txt").write_text(cmdline)
    for name, text in more.items():
        (folder / f"{name}.txt").write_text(text)
    boot = read_boot(root)
    assert boot is not None
    return boot


def told(boot: BootConfig, edits: dict[str, str] | None = None) -> list[tuple[str, str, str, str]]:
    """What the checker says of the shipped pinmap on this Pi."""
    report = check_text(edited(edits or {})[0], "pinmap.json", boot)
    return [(each.severity, each.path, each.message, each.hint) for each in (*report.errors, *report.warnings)]


def pi5_lines() -> str:
    pinmap = check_text(edited(ON_PI5)[0], "pinmap.json").pinmap
    assert pinmap is not None
    return "\n".join(line.text for line in wanted_lines(pinmap))


@pytest.mark.parametrize("board", MODELS)
def test_the_lines_a_pinmap_wants_are_all_it_wants(tmp_path, board):
    edits = {'"board": "pi4b"': f'"board": "{board}"'}
    pinmap = check_text(edited(edits)[0], "pinmap.json").pinmap
    assert pinmap is not None
    lines = [line.text for line in wanted_lines(pinmap)]
    assert told(pi(tmp_path, "\n".join(lines), board=board), edits) == []
    assert ("dtparam=uart0=on" in lines) == (board == "pi5")
    assert ("dtoverlay=disable-bt" in lines) == (board != "pi5")


def test_everything_that_gives_energy_is_held_off_by_its_polarity():
    assert "gpio=17=op,dl" in WANTED.splitlines()
    edits = {
        '{"name": "slot1", "relay": {"pin": 17}': (
            '{"name": "slot1", "relay": {"pin": 5, "active": "low", "pull": "external_up"}'
        ),
        '"display": {"dio": 5}': '"display": {"dio": 17}',
    }
    pinmap = check_text(edited(edits)[0], "pinmap.json").pinmap
    assert pinmap is not None
    assert off_levels(pinmap)[5] == ("slot1.relay", "high")
    assert "gpio=5=op,dh" in [line.text for line in wanted_lines(pinmap)]


def test_other_buses_and_other_serial_lines_have_their_overlays(tmp_path):
    edits = {
        '{"1": {"hz": 100000}}': '{"1": {}, "3": {"pins": [24, 25], "hz": 50000}}',
        LOCK1: '"lock": null',
        LOCK2: '"lock": null',
        '"port": "/dev/ttyAMA0", "pins": [14, 15]': '"port": "/dev/ttyAMA5", "pins": [12, 13]',
        '"flow": {"pin": 12': '"flow": {"pin": 14'.replace("14", "27"),
        '{"name": "slot2", "relay": {"pin": 27}': '{"name": "slot2", "relay": {"pin": 18}',
        '"clk": 13': '"clk": 6',
        '"dio": 6': '"dio": 19',
        '"buzzer": {"pin": 18, "driver": "transistor"},\n    "fan": {"pin": 19, "driver": "mosfet"},\n': "",
        '"cooling": {"kind": "active_monitoring", "output": "fan"},': "",
        '"chirp": {"kind": "one_shot", "output": "buzzer", "seconds": 0.2}': "",
        '{"trigger": "kiosk.charging", "profile": "cooling"},': "",
        '{"trigger": "coin.accepted", "profile": "chirp"}': "",
    }
    pinmap = check_text(edited(edits)[0], "pinmap.json").pinmap
    assert pinmap is not None
    lines = [line.text for line in wanted_lines(pinmap)]
    assert "dtoverlay=uart5" in lines
    assert "dtoverlay=i2c-gpio,bus=3,i2c_gpio_sda=24,i2c_gpio_scl=25,i2c_gpio_delay_us=10" in lines
    assert told(pi(tmp_path / "good", "\n".join(lines)), edits) == []
    without = [line for line in lines if not line.startswith(("dtoverlay=uart5", "dtoverlay=i2c-gpio"))]
    paths = [path for _, path, _, _ in told(pi(tmp_path / "bad", "\n".join(without)), edits)]
    assert paths == ["i2c.3", "reader.pins"]


CONFLICTS: dict[str, tuple[str, list[str], str, str]] = {
    "SPI": (
        "dtparam=spi=on",
        ["slots[2].display.dio", "slots[3].display.dio", "coin.pin", "water.cup.trigger", "water.cup.echo"],
        "is taken for SPI",
        "Delete dtparam=spi=on (",
    ),
    "SPI with one chip": ("dtoverlay=spi0-1cs", ["slots[3].display.dio"], "taken for SPI", "Delete dtoverlay=spi0-1cs"),
    "I2S": ("dtparam=i2s=on", ["coin.enable.pin"], "GPIO21 is taken for I2S sound", "dtparam=i2s=on"),
    "a sound card": ("dtoverlay=hifiberry-dac", ["outputs.fan.pin"], "I2S sound", "hifiberry-dac"),
    "a DPI screen": ("dtoverlay=vc4-kms-dpi-generic", ["slots[0].relay.pin"], "a DPI screen", "or use another pin"),
    "the old DPI": ("enable_dpi_lcd=1", ["slots[0].lock.pin"], "a DPI screen", "enable_dpi_lcd=1"),
    "a fan": ("dtoverlay=gpio-fan", ["water.flow.pin"], "GPIO12 is taken for the kernel", "gpio-fan"),
    "a fan elsewhere": ("dtoverlay=gpio-fan,gpiopin=17,temp=60000", ["slots[0].relay.pin"], "GPIO17", "gpio-fan"),
    "a fan by dtparam": ("dtoverlay=gpio-fan\ndtparam=gpiopin=17", ["slots[0].relay.pin"], "GPIO17", "gpio-fan"),
    "a shutdown button": ("dtoverlay=gpio-shutdown", ["i2c.1"], "I2C bus 1 has no SCL", "gpio-shutdown"),
    "a shutdown button elsewhere": ("dtoverlay=gpio-shutdown,gpio_pin=21", ["coin.enable.pin"], "GPIO21", "shutdown"),
    "1-Wire on a relay": ("dtoverlay=w1-gpio,gpiopin=22", ["slots[2].relay.pin"], "taken for 1-Wire", "w1-gpio"),
    "UART 5": ("dtoverlay=uart5", ["slot_defaults.display.clk"], "taken for a serial line", "uart5"),
    "another I2C": ("dtoverlay=i2c4", ["coin.pin"], "taken for another I2C bus", "i2c4"),
    "I2C on chosen pins": ("dtoverlay=i2c6,pins_22_23", ["slots[2].relay.pin"], "another I2C bus", "i2c6"),
    "a relay driven on": ("gpio=17=op,dh", ["slots[0].relay.pin"], "which switches slot1.relay on", "gpio=17=op,dl"),
    "relays driven on": ("gpio=22-23,27=op,dh", ["slots[2].relay.pin"], "switches", "op,dl"),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_what_the_kernel_takes_is_told_at_the_pin_and_with_its_line(tmp_path, name):
    line, paths, message, hint = CONFLICTS[name]
    found = told(pi(tmp_path, f"{WANTED}\n[all]\n{line}\n"))
    by_path = {path: (severity, text, advice) for severity, path, text, advice in found}
    assert set(paths) <= by_path.keys()
    severity, text, advice = by_path[paths[0]]
    assert severity == "error"
    assert message in text
    assert hint in advice


HARMLESS = {
    "commented out": "#dtparam=spi=on",
    "switched off": "dtparam=spi=off",
    "switched off later": "dtparam=spi=on\ndtparam=i2s=off,spi=off",
    "for a Pi 5": "[pi5]\ndtparam=spi=on",
    "for nobody": "[none]\ndtparam=spi=on",
    "for a Compute Module": "[cm4]\ndtparam=spi=on",
    "sound and screens": "dtparam=audio=on\ndtoverlay=vc4-kms-v3d\ncamera_auto_detect=1",
    "an include that is not": "include extra.txt",
    "no sense": "=\n[\n]\ndtparam=,,\ngpio=x=op\ngpio=\ndtoverlay=\n" + "x" * 500,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_not_in_effect_is_no_conflict(tmp_path, name):
    assert told(pi(tmp_path, f"{WANTED}\n{HARMLESS[name]}\n")) == []


def test_sections_and_includes_are_followed(tmp_path):
    config = "[pi5]\ndtparam=spi=on\n[pi4]\ninclude more.txt\n[all]\n" + WANTED
    found = told(pi(tmp_path, config, more="# of its own\ndtparam=i2s=on\n"))
    assert [path for _, path, _, _ in found] == [
        "coin.enable.pin",
        "water.pump.pin",
        "outputs.buzzer.pin",
        "outputs.fan.pin",
    ]
    assert "more.txt:2" in found[0][3]


SERIAL: dict[str, tuple[str, str, str, str, str]] = {
    "a console": ("pi4b", WANTED, f"console=serial0,115200 {CMDLINE}", "the kernel's console", "console=serial0"),
    "Bluetooth's": ("pi4b", WANTED.replace("dtoverlay=disable-bt", ""), CMDLINE, "Bluetooth's", "disable-bt"),
    "off": ("pi4b", WANTED.replace("enable_uart=1", "enable_uart=0"), CMDLINE, "switches the serial", "enable_uart=1"),
    "a Pi 5's off": ("pi5", pi5_lines().replace("dtparam=uart0=on", ""), CMDLINE, "is off in", "dtparam=uart0=on"),
    "a Pi 5's console": ("pi5", pi5_lines(), f"console=ttyAMA0,115200 {CMDLINE}", "console", "console=ttyAMA0"),
}


@pytest.mark.parametrize("name", SERIAL)
def test_the_readers_serial_line_is_free_and_on(tmp_path, name):
    board, config, cmdline, message, hint = SERIAL[name]
    found = told(pi(tmp_path, config, cmdline, board), ON_PI5 if board == "pi5" else {})
    assert [(severity, path) for severity, path, _, _ in found] == [("error", "reader.port")]
    assert message in found[0][2]
    assert hint in found[0][3]


def test_a_pi_5_keeps_its_console_at_the_socket_for_debugging(tmp_path):
    assert told(pi(tmp_path, pi5_lines(), f"console=serial0,115200 {CMDLINE}", "pi5"), ON_PI5) == []


@pytest.mark.parametrize(
    ("port", "config", "severity", "message"),
    [
        ("/dev/serial0", WANTED, None, ""),
        ("/dev/serial0", WANTED.replace("dtoverlay=disable-bt", ""), "warning", "the small UART"),
        ("/dev/ttyS0", WANTED, "error", "are not /dev/ttyS0"),
        ("/dev/ttyS0", WANTED.replace("dtoverlay=disable-bt", "").replace("enable_uart=1", ""), "error", "is off"),
        ("/dev/ttyAMA0", WANTED.replace("disable-bt", "miniuart-bt"), None, ""),
    ],
)
def test_the_device_file_fits_who_has_the_good_uart(tmp_path, port, config, severity, message):
    found = told(pi(tmp_path, config), {'"/dev/ttyAMA0"': f'"{port}"'})
    assert [each[0] for each in found] == ([severity] if severity else [])
    assert all(message in each[2] for each in found)


def test_a_bus_that_is_off_one_of_another_speed_and_a_missing_1_wire_are_told(tmp_path):
    config = WANTED.replace("dtparam=i2c_arm=on", "").replace(
        "dtoverlay=w1-gpio,gpiopin=4", "dtoverlay=w1-gpio,gpiopin=5"
    )
    found = {path: message for _, path, message, _ in told(pi(tmp_path / "a", config))}
    assert "I2C bus 1 is off" in found["i2c.1"]
    assert "there is no 1-Wire on GPIO4" in found["safety.temperature[0].pin"]
    assert "GPIO5 is taken for 1-Wire" in found["slots[0].display.dio"]
    fast = pi(tmp_path / "b", WANTED.replace("baudrate=100000", "baudrate=400000"))
    assert [(severity, path) for severity, path, _, _ in told(fast)] == [("warning", "i2c.1.hz")]


def test_a_fresh_pi_is_told_everything_it_lacks_at_once(tmp_path):
    fresh = "dtparam=audio=on\ncamera_auto_detect=1\ndtoverlay=vc4-kms-v3d\n[cm4]\notg_mode=1\n[all]\n"
    found = told(pi(tmp_path, fresh, f"console=serial0,115200 {CMDLINE}"))
    assert [path for severity, path, _, _ in found if severity == "error"] == [
        "i2c.1", "reader.port", "reader.port", "safety.temperature[0].pin",
    ]  # fmt: skip
    warnings = [hint for severity, _, _, hint in found if severity == "warning"]
    assert any("gpio=17=op,dl" in hint and "gpio=20=op,dl" in hint for hint in warnings)
    assert any("strict_gpiod" in hint for hint in warnings)


def test_another_pi_than_the_pinmap_says_is_told(tmp_path):
    found = told(pi(tmp_path, pi5_lines(), board="pi5"))
    assert ("error", "board") in [(severity, path) for severity, path, _, _ in found]
    assert 'Write "pi5".' in [hint for _, path, _, hint in found if path == "board"]


def test_a_folder_without_boot_files_is_no_pi(tmp_path):
    assert read_boot(tmp_path) is None


def test_a_copied_boot_folder_is_read_without_a_model(tmp_path):
    (tmp_path / "config.txt").write_text(WANTED)
    boot = read_boot(tmp_path, "pi4b")
    assert boot is not None
    assert (boot.board, boot.model, boot.consoles) == ("pi4b", "", ())
    assert told(boot) == []


def test_boot_files_that_cannot_be_read_say_so(tmp_path):
    (tmp_path / "config.txt").write_text(WANTED)
    (tmp_path / "cmdline.txt").symlink_to(tmp_path / "cmdline.txt")
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    (tmp_path / "proc/device-tree/model").mkdir()
    boot = read_boot(tmp_path, "pi4b")
    assert boot is not None
    assert boot.cmdline == ""
    assert issubclass(BootFilesError, HardwareError)


def test_strange_boot_files_end_no_reading(tmp_path):
    (tmp_path / "config.txt").write_bytes(b"\xef\xbb\xbfinclude config.txt\r\ndtparam=spi\r\n\xff\xfe=\x00\r\n[pi4\r\n")
    boot = read_boot(tmp_path, "pi4b")
    assert boot is not None
    assert boot.is_on("spi")
