"""How somebody reads the screens: in which language, how large, with how much contrast."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a customer chose, or the kiosk's own ways where nobody has chosen."""

    language: str = "en"
    contrast: bool = False
    large: bool = False


AS_WRITTEN = Reading()
"""In English, as the screens are drawn first."""
