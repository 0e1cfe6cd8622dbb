"""The kiosk's block in the boot files: replaced and not added, read back as wanted, taken out without a trace."""

from pathlib import Path

import pytest

from hardware.boot_block import with_block, without_block, without_console, write_boot_files
from hardware.boot_config import read_boot
from hardware.boot_outputs import off_levels_at_boot
from hardware.boot_wanted import off_levels
from hardware.errors import BootFilesError
from hardware.pinmap import load_pinmap

PINMAP = load_pinmap(Path(__file__).parents[2] / "pinmap.json")
CONFIGS = {
    "none": "",
    "stock": "dtparam=audio=on\ndtoverlay=vc4-kms-v3d\n\n[cm4]\notg_mode=1\n\n[all]\n",
    "ends in another model's section": "[pi5]\ndtparam=spi=on\n",
    "ends in an overlay": "dtoverlay=vc4-kms-v3d\n",
    "no break at the end": "arm_64bit=1",
    "from Windows": "arm_64bit=1\r\ndtparam=audio=on\r\n",
}


def boot_files(root: Path, config: str, cmdline: str = "console=serial0,115200 console=tty1 rootwait\n") -> Path:
    folder = root / "boot/firmware"
    folder.mkdir(parents=True)
    (folder / "config.txt").write_text(config, newline="")
    (folder / "cmdline.txt").write_text(cmdline)
    return folder


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_second_writing_changes_nothing_and_taking_out_leaves_the_rest(config):
    once = with_block(config, PINMAP)
    assert with_block(once, PINMAP) == once
    assert once.count("# BEGIN charging-kiosk") == 1
    assert without_block(once).split() == config.split()


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_whatever_stood_before_the_lines_are_in_effect(tmp_path, config):
    boot_files(tmp_path, config)
    write_boot_files(tmp_path, PINMAP)
    boot = read_boot(tmp_path, PINMAP.board)
    assert boot is not None
    assert all(boot.is_on(name) for name in ("strict_gpiod", "i2c_arm", "watchdog"))
    assert boot.parameters["i2c_arm_baudrate"].value == "100000"
    one_wire = boot.overlay("w1-gpio")
    assert one_wire is not None
    assert one_wire.parameters["gpiopin"] == "4"
    assert boot.consoles == ("tty1",)
    assert off_levels_at_boot(boot) == {pin: level == "high" for pin, (_, level) in off_levels(PINMAP).items()}


def test_a_changed_pinmap_replaces_the_lines_of_the_old(tmp_path):
    folder = boot_files(tmp_path, CONFIGS["stock"])
    assert len(write_boot_files(tmp_path, PINMAP)) == 2
    moved = PINMAP.model_copy(update={"water": None})
    assert len(write_boot_files(tmp_path, moved)) == 1
    text = (folder / "config.txt").read_text()
    assert "gpio=20=" not in text
    assert "gpio=17=op,dl" in text
    assert write_boot_files(tmp_path, moved) == []


def test_what_stood_there_first_is_kept_and_comes_back(tmp_path):
    folder = boot_files(tmp_path, CONFIGS["stock"])
    write_boot_files(tmp_path, PINMAP)
    write_boot_files(tmp_path, PINMAP.model_copy(update={"water": None}))
    assert (folder / "config.txt.before-kiosk").read_text() == CONFIGS["stock"]
    write_boot_files(tmp_path, None)
    assert (folder / "config.txt").read_text() == CONFIGS["stock"].rstrip("\n") + "\n"
    assert not list(folder.glob("*.new"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("console=serial0,115200 console=tty1 rootwait\n", "console=tty1 rootwait\n"),
        ("root=x console=ttyAMA0\n", "root=x \n"),
        ("console=tty1 rootwait\n", "console=tty1 rootwait\n"),
        ("console=ttyAMA10,115200 myconsole=serial0\n", "console=ttyAMA10,115200 myconsole=serial0\n"),
    ],
)
def test_only_the_readers_line_loses_its_console(before, after):
    assert without_console(before, PINMAP) == after


def test_on_a_pi_5_the_debugging_socket_keeps_its_console():
    pi5 = PINMAP.model_copy(update={"board": "pi5"})
    assert (
        without_console("console=serial0,115200 console=ttyAMA0,9600 quiet\n", pi5) == "console=serial0,115200 quiet\n"
    )


def test_a_console_stays_where_no_reader_needs_its_line():
    usb = PINMAP.model_copy(update={"reader": type(PINMAP).model_fields["reader"].default})
    assert without_console("console=serial0,115200 quiet\n", usb) == "console=serial0,115200 quiet\n"


def test_without_boot_files_it_says_so(tmp_path):
    with pytest.raises(BootFilesError, match=r"There is no config\.txt"):
        write_boot_files(tmp_path, PINMAP)
