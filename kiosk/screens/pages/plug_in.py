"""The door is open: put the phone in. A picture, three steps, and the time that is left for them."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import PlugInModel, Step
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.shapes import Icon, Plate, Ring
from kiosk.screens.steps import StepPart
from kiosk.screens.theme import Type
from kiosk.screens.writing import Text

STEPS = 3
SLIDE_MS = 40
SLIDE_FRAMES = 22
REST_FRAMES = 60
"""The cable slides in, rests, and does it again: about every three seconds, while somebody is being shown."""
FAR = 36
"""From how far, in base pixels, the cable comes."""
ART_HEIGHT = 300
"""The height that the picture is drawn for; it is smaller where there is less."""


class PlugInPage(ScreenPage[PlugInModel]):
    """The picture, and beside it, or below, the steps; the ring counts down how long the door stays open."""

    LEADS_BACK = True

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        if theme.upright:
            art = self.body.top(theme.px(150 if theme.large else 176))
            right = self.body.below(art.h + self.gap)
        else:
            art = self.body.left(theme.px(200 if theme.large else 250))
            right = self.body.after(art.w + theme.px(24))
        Plate(self, art, colours.surface, colours.night)
        self._build_art(art)
        head = right.top(theme.px(72))
        ring = head.right_part(theme.px(72))
        self._title = Text(self, head.before(ring.w + self.gap), Type.TITLE, colours.text, wrap=True)
        self._door_ring = Ring(self, ring, 7, colours.night)
        self._door_text = Text(self, ring.inset(theme.px(10)), Type.FIGURE, colours.text, "middle")
        self._door_items = [*self._door_ring.items, *self._door_text.items]
        wait = right.bottom_part(theme.px(40))
        dot = wait.left(theme.px(32)).middle(theme.px(32), theme.px(32))
        self._wait_ring = Ring(self, dot, 4, colours.night)
        self._waiting = Text(self, wait.after(theme.px(44)), Type.BODY, colours.muted)
        room = Box(right.x, head.bottom, right.w, wait.y - head.bottom).inset(0, theme.px(4))
        self._steps = [StepPart(self, box, colours.night) for box in room.rows(STEPS, theme.px(4))]
        self._job: str | None = None
        self._frame = 0

    def _build_art(self, art: Box) -> None:
        """A phone, and the plug that goes into it from below: tip, body and cable."""
        theme, colours = self.theme, self.theme.colours
        part = min(1.0, art.h / theme.px(ART_HEIGHT))

        def px(base: float) -> int:
            return theme.px(base * part)

        Icon(self, art.cx, art.y + px(108), round(176 * part), colours.text, colours.surface, "phone")
        self._bolt = Icon(self, art.cx, art.y + px(96), round(60 * part), colours.go, colours.surface, "bolt")
        tip = Box(art.cx - px(10), art.y + px(186), px(20), px(18))
        body = Box(art.cx - px(18), tip.bottom - px(2), px(36), px(38))
        wire = self.create_rectangle(0, 0, 0, 0, width=0, fill=colours.yours)
        self._wire = (wire, Box(art.cx - px(4), body.bottom - px(4), px(8), 0), art.bottom)
        self._tip = (Plate(self, tip, colours.busy, colours.surface, 3), tip)
        self._plug = (Plate(self, body, colours.yours, colours.surface, 8), body)
        self._far = px(FAR)

    def draw(self, model: PlugInModel) -> None:
        colours = self.theme.colours
        self._title.set(model.title)
        self.show_items(self._door_items, model.door is not None)
        if model.door is not None:
            self._door_ring.set(model.door.left, tone_colour(colours, model.door.tone), colours.track)
            self._door_text.set(model.door.text)
        self._waiting.set(model.waiting)
        self.show_items(self._wait_ring.items, model.wait is not None)
        if model.wait is not None:
            self._wait_ring.set(model.wait.left, colours.yours, colours.track)
        self._draw_steps(model.steps)

    def _draw_steps(self, steps: tuple[Step, ...]) -> None:
        for k, part in enumerate(self._steps):
            self.show_items(part.items, k < len(steps))
            if k < len(steps):
                part.set(steps[k])

    def entered(self) -> None:
        self._slide_from(0)

    def leave(self) -> None:
        super().leave()
        self._stop()

    def settle(self) -> None:
        self._slide_from(SLIDE_FRAMES)

    def _slide_from(self, frame: int) -> None:
        self._stop()
        self._frame = frame
        self._slide()

    def _stop(self) -> None:
        if self._job is not None:
            self.after_cancel(self._job)
            self._job = None

    def _slide(self) -> None:
        """One frame of the cable sliding in; the bolt appears once it is there."""
        share = min(1.0, self._frame / SLIDE_FRAMES)
        eased = 1 - (1 - share) ** 3
        down = round(self._far * (1 - eased))
        for plate, rest in (self._tip, self._plug):
            plate.place(Box(rest.x, rest.y + down, rest.w, rest.h))
        wire, top, floor = self._wire
        self.move_item(wire, top.x, top.y + down, top.right, floor)
        if self._frame in (0, SLIDE_FRAMES):
            self.show_items(self._bolt.items, self._frame == SLIDE_FRAMES)
        self._frame = (self._frame + 1) % (SLIDE_FRAMES + REST_FRAMES)
        self._job = self.after(SLIDE_MS, self._slide)
