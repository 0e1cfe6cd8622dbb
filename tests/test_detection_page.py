"""`docs/detection.md` shows what the detector decides today."""

import pytest

from docs import detection_page as d

RENEW = "run python -m docs.generate"


def test_the_page_is_current() -> None:
    assert d.PAGE.read_text(encoding="utf-8") == d.page(), RENEW


@pytest.mark.parametrize("story", d.STORIES, ids=lambda story: story.name)
def test_each_picture_is_current(story: d.Story) -> None:
    assert (d.FOLDER / f"{story.name}.svg").read_text(encoding="utf-8") == d.picture(story), RENEW
