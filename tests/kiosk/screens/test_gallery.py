"""The gallery: a picture's file changes only when the picture does."""

from pathlib import Path

from PIL import Image

from kiosk.screens.gallery import keep


def drawn(colour: str, spot: str) -> Image.Image:
    """A small flat picture with one spot, in a palette as the gallery's are."""
    picture = Image.new("RGB", (8, 8), colour)
    picture.putpixel((3, 3), (255, 0, 0) if spot == "red" else (0, 0, 255))
    return picture.quantize(8)


def test_a_file_is_written_anew_only_when_a_pixel_changed(tmp_path: Path) -> None:
    path = tmp_path / "home.png"
    drawn("white", "red").save(path, optimize=False, compress_level=0)
    packed = path.read_bytes()
    keep(drawn("white", "red"), path)
    assert path.read_bytes() == packed, "the same pixels, packed otherwise"
    keep(drawn("white", "blue"), path)
    with Image.open(path) as now:
        assert now.convert("RGB").getpixel((3, 3)) == (0, 0, 255)
