from contextlib import closing

import pytest

from tests.kiosk.running import running_kiosk


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory):
    """One kiosk for all tests of a file: they use cards and slots of their own."""
    with running_kiosk(tmp_path_factory.mktemp("data")) as running, closing(running.http):
        yield running
