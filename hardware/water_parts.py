"""Builds the water dispenser of a pinmap."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hardware.contacts import fit_input
from hardware.cup_sensor import BeamCup, CupSensor, UltrasonicCup
from hardware.expander import Expander
from hardware.float_switch import FloatSwitch
from hardware.flow_meter import FlowMeter
from hardware.gpio import Header, Output
from hardware.water import WaterDispenser
from hardware.workers import Clock
from sessions.ports import Post, Trouble

if TYPE_CHECKING:
    from hardware.specs import BeamSpec, CupSpec, SwitchSpec, WaterSpec

_TRAY_FULL = "The drip tray is full. Empty it."
_TANK_EMPTY = "The tank is nearly empty. Fill it."


def fit_water(
    spec: "WaterSpec", pump: Output, header: Header, expander: Callable[[str], Expander], post: Post, clock: Clock
) -> WaterDispenser:
    """The dispenser over its claimed pump; everything else is claimed here. Raises as `hardware.wiring.wire`."""
    flow = None
    if spec.flow is not None:
        line = header.input(spec.flow.pin, "water.flow", pull_up=True)
        flow = FlowMeter(line, spec.flow.pulses_per_l, post, clock=clock)
    floats = [
        _float(device, trouble, detail, switch, header, expander, post)
        for device, trouble, detail, switch in (
            ("water.tray", Trouble.FULL, _TRAY_FULL, spec.tray),
            ("water.tank", Trouble.EMPTY, _TANK_EMPTY, spec.tank),
        )
        if switch is not None
    ]
    return WaterDispenser(pump, _sensor(spec.cup, header, expander), flow, floats, post, clock=clock)


def _sensor(spec: "CupSpec | BeamSpec", header: Header, expander: Callable[[str], Expander]) -> CupSensor:
    if spec.kind == "hcsr04":
        trigger = header.output(spec.trigger, "water.cup.trigger")
        return UltrasonicCup(trigger, header.input(spec.echo, "water.cup.echo", pull_up=False), spec.near_mm)
    beam = BeamCup(spec.cup == "high")
    fit_input(beam, spec, "water.cup", header, expander)
    return beam


def _float(
    device: str,
    trouble: Trouble,
    detail: str,
    spec: "SwitchSpec",
    header: Header,
    expander: Callable[[str], Expander],
    post: Post,
) -> FloatSwitch:
    switch = FloatSwitch(device, trouble, detail, ok_high=spec.ok == "high", post=post)
    fit_input(switch, spec, device, header, expander)
    return switch
