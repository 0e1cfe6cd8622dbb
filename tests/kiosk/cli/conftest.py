import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kiosk.cli import main


@dataclass
class Terminal:
    """Calls `kiosk` in this process, on a data directory of its own."""

    data: Path

    def call(self, *words: str | Path, data: bool = True) -> Result:
        place = ["--data", str(self.data)] if data else []
        return CliRunner().invoke(main, [*map(str, words), *place])

    def good(self, *words: str | Path) -> str:
        """What a command prints that must succeed."""
        result = self.call(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str | Path) -> Any:
        """The one JSON document that a command prints."""
        return json.loads(self.good(*words, "--json"))

    def refused(self, *words: str | Path, code: int = 1) -> str:
        """The sentence of a command that must fail."""
        result = self.call(*words)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        assert result.stderr.strip()
        return result.stderr


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    monkeypatch.delenv("KIOSK_DATA", raising=False)
    monkeypatch.delenv("KIOSK_CONFIG", raising=False)
    return Terminal(tmp_path / "data")
