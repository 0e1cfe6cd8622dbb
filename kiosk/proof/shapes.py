"""What a bundle must look like before anything is decided from it: each figure of its type, and of a size that can be.

A checksum shows an accident, not intent: whoever edits a bundle can work it out anew.
"""

import json
from dataclasses import asdict
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter

from kiosk.settings_model import DetectionSettings
from sessions.detection import Kind
from sessions.entities import Session
from sessions.events import Body, VerdictGiven
from sessions.ports import Json
from sessions.units import Unit

_Whole = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
_Current = Annotated[float, Field(strict=True, ge=-100_000, le=100_000, allow_inf_nan=False)]
"""Milliamperes: thirty times what the smallest usual shunt lets an INA219 tell."""
_Limit = Annotated[float, Field(strict=True, gt=0, le=100_000, allow_inf_nan=False)]


class _Fact(BaseModel):
    seq: _Whole
    kind: str
    utc_ms: _Whole
    boot_id: str
    mono_ns: _Whole
    source: str
    source_id: str | None
    body: dict[str, Any]
    transfers: list[tuple[str, Unit, str, str, _Whole]]


class _Content(BaseModel):
    session: dict[str, Any]
    facts: Annotated[list[_Fact], Field(min_length=1)]
    samples: list[tuple[str, _Whole, _Current | None]]
    detection: dict[str, Any]
    max_mA: _Limit
    kiosk_version: str


class _Evidence(BaseModel):
    """What deciding anew takes from a verdict's evidence."""

    zero_mA: _Current = 0.0
    sigma_mA: _Current = 0.0


def require_content(content: Json) -> None:
    """Raises `pydantic.ValidationError` for what has not the shape of a bundle's content."""
    _Content.model_validate(content)


def require_rules(said: Json) -> None:
    """Raises `pydantic.ValidationError` for limits of detection that no kiosk could have been given."""
    DetectionSettings.model_validate(said)


def require_said(row: Session | Body) -> None:
    """Raises `pydantic.ValidationError` for a session or a fact's body with fields of another type than they have,
    `ValueError` for a verdict there is not."""
    kind: Any = type(row)  # to mypy no type[Body] is hashable
    _adapter(kind).validate_json(json.dumps(asdict(row)), strict=True)
    if isinstance(row, VerdictGiven):
        Kind(row.verdict)
        _Evidence.model_validate(row.evidence)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
