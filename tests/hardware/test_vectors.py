"""The recorded vectors that drivers and models are held to are the ones the project shares."""

from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "vectors"
SHARED = Path(__file__).parents[3] / "shared" / "vectors"


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared vectors beside this clone")
@pytest.mark.parametrize("copy", sorted(HERE.glob("*.json")), ids=lambda path: path.name)
def test_our_copy_is_the_shared_one(copy):
    assert copy.read_bytes() == (SHARED / copy.name).read_bytes()
