"""The sheets about the machine: how its parts are, its network, its logs on a stick."""

from kiosk.i18n import _
from kiosk.screens.models import Action, Rank
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician import wording
from kiosk.screens.technician.frame import Scene, back, by_room, page_of
from kiosk.screens.technician.model import Layout, Line, TechnicianModel
from kiosk.screens.technician.notes import Link, Notes, Part

HOT_CELSIUS = 80
"""Where a Pi begins to slow itself down (Raspberry Pi documentation, "Frequency management and thermal control")."""
LITTLE_SHARE = 0.05
"""Below a twentieth of the disk somebody should look what fills it."""
TONES = {"ok": Tone.GOOD, "degraded": Tone.WARN, "failed": Tone.BAD}


def disk_line(notes: Notes) -> Line:
    """How much room there is for data."""
    if not notes.disk_bytes:
        return Line(_("Data disk"), "…")
    free, whole = notes.disk_free / 1e9, notes.disk_bytes / 1e9
    tone = Tone.WARN if notes.disk_free < LITTLE_SHARE * notes.disk_bytes else None
    return Line(_("Data disk"), _("{free:.1f} of {whole:.1f} GB free").format(free=free, whole=whole), tone)


def heat_line(notes: Notes) -> Line:
    """How warm the processor is."""
    if notes.celsius is None:
        return Line(_("Heat"), _("unknown"))
    tone = Tone.WARN if notes.celsius >= HOT_CELSIUS else None
    return Line(_("Heat"), _("processor {celsius:.0f} °C").format(celsius=notes.celsius), tone)


def health_sheet(scene: Scene, notes: Notes) -> TechnicianModel:
    """Every part in words, those that are not well first."""
    parts = sorted(notes.parts, key=lambda part: -list(TONES).index(part.status))
    well = [part for part in parts if part.status == "ok" and not part.detail]
    lines = [_part_line(part) for part in parts if part not in well]
    if well:
        names = ", ".join(wording.part(part.name) for part in well)
        lines.append(Line(_("Well"), names, Tone.GOOD))
    lines += [disk_line(notes), heat_line(notes), Line(_("Version"), notes.version)]
    shown, turn = page_of(by_room(lines), scene.desk.page)
    return TechnicianModel(
        header=scene.header(_("Health")), banner=scene.banner, footer=(back(),), lines=shown, layout=Layout.LINES,
        turn=turn,
    )  # fmt: skip


def network_sheet(scene: Scene, notes: Notes) -> TechnicianModel:
    """Addresses, and the console's with its code."""
    lines = [_link_line(link) for link in notes.links] or [Line(_("Network"), _("none"), Tone.WARN)]
    if not notes.console:
        lines.append(Line(_("Console"), _("It is shut."), Tone.WARN))
    elif notes.console_code:
        lines += [Line("", notes.console, Tone.CALM), Line("", _("Scan the code to open the console on your phone."))]
    else:
        lines += [Line(_("Console"), notes.console), Line("", _("Only this machine reaches it."))]
    return TechnicianModel(
        header=scene.header(_("Network")), banner=scene.banner, footer=(back(),), lines=tuple(lines),
        code=notes.console_code, layout=Layout.BESIDE if notes.console_code else Layout.LINES,
    )  # fmt: skip


def logs_sheet(scene: Scene, notes: Notes) -> TechnicianModel:
    """The logs on a USB stick: what is written, how far it is, when the stick may be pulled out."""
    export, tone = notes.export, None
    lines: tuple[Line, ...] = (Line("", _("Logs, wiring, settings, self-tests, health. No card numbers, no secrets.")),)
    if export.running:
        says = _("Writing… {percent} %").format(percent=int(export.share * 100))
        lines = (Line("", _("Leave the stick where it is.")),)
    elif export.trouble:
        says, tone = wording.trouble(export.trouble), Tone.BAD
    elif export.name:
        says, tone = _("Done. You may pull the stick out."), Tone.GOOD
        if export.mounted:
            says = _("Done. Unmount the stick, then pull it out.")
        lines = (Line("", export.name),)
    else:
        says = _("Plug a USB stick into the kiosk.")
    begin = Action(_("Write to stick"), a.SaveLogs(), rank=Rank.LIKELY, enabled=not export.running)
    return TechnicianModel(
        header=scene.header(_("Logs")), banner=scene.banner, footer=(back(), begin), says=says, tone=tone, lines=lines,
        layout=Layout.LINES, share=export.share if export.running else None,
    )  # fmt: skip


def _part_line(part: Part) -> Line:
    if part.name == "cloud" and part.detail == "none":
        return Line(wording.part(part.name), _("This kiosk works alone."))
    detail = part.detail or {"ok": _("well"), "degraded": _("not quite well"), "failed": _("broken")}[part.status]
    return Line(wording.part(part.name), detail, TONES[part.status] if part.status != "ok" else None)


def _link_line(link: Link) -> Line:
    if link.address:
        return Line(link.name, link.address, None if link.up is not False else Tone.WARN)
    return Line(link.name, _("not connected") if not link.up else _("connected, without an address"), Tone.WARN)
