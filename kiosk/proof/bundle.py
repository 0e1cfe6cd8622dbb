"""A session as one file that can be sent away and looked at elsewhere: facts, samples, rules, and a checksum over all
of it.

A bundle holds nothing that identifies a person: cards are CardKeys.
"""

import gzip
import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.errors import BundleError
from kiosk.proof.shapes import require_content, require_rules, require_said
from kiosk.proof.story import Story, tell
from sessions.entities import Session
from sessions.errors import StoreError
from sessions.events import Fact
from sessions.journaling import Sample
from sessions.rules import DetectionRules
from sessions.store.codec import entity_from_json, entity_to_json, fact_from_values, fact_to_json
from sessions.units import Milliamps, MonoNs, SessionId, SlotName

FORMAT = "charging-kiosk-session"
VERSION = 1
LARGEST = 64 * 1024 * 1024
"""Bytes of an unpacked bundle: hours of samples are a few megabytes."""
UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    ValueError,
    KeyError,
    TypeError,
    ArithmeticError,
    RecursionError,
    StopIteration,
    StoreError,
)
"""What a file may raise that is no bundle, or that somebody edited."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A story with the rules it was decided under."""

    story: Story
    detection: DetectionRules
    max_mA: float
    version: str


def write_bundle(path: Path, bundle: Bundle) -> None:
    """Writes a new file. Raises `FileExistsError` rather than replacing one."""
    story = bundle.story
    content = {
        "session": entity_to_json(story.session),
        "facts": [fact_to_json(fact) for fact in story.facts],
        "samples": [[s.boot_id, s.mono, s.mA] for s in story.samples],
        "detection": asdict(bundle.detection),
        "max_mA": bundle.max_mA,
        "kiosk_version": bundle.version,
    }
    text = _canonical(content)
    document = {"format": FORMAT, "version": VERSION, "sha256": hashlib.sha256(text).hexdigest(), "content": content}
    with path.open("xb") as file:
        file.write(gzip.compress(_canonical(document), mtime=0))


def read_bundle(path: Path) -> Bundle:
    """The bundle in a file. Raises `BundleError` for what is none, was cut, or was changed since it was written."""
    try:
        with gzip.open(path) as file:
            packed = file.read(LARGEST + 1)
        document = json.loads(packed)
        if len(packed) > LARGEST or document["format"] != FORMAT:
            raise BundleError(f"{path} is no bundle of a session. `kiosk sessions proof ID --bundle F` makes one.")
        if document["version"] != VERSION:
            raise BundleError(f"{path} is of version {document['version']}; this kiosk reads version {VERSION}.")
        content = document["content"]
        if hashlib.sha256(_canonical(content)).hexdigest() != document["sha256"]:
            raise BundleError(f"{path} was changed since it was written: its checksum does not fit.")
        return _unpack(content)
    except BundleError:
        raise
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "its content"
        raise BundleError(f"{path} cannot be read as a bundle ({error.title}: {where}: {first['msg']}).") from error
    except UNREADABLE as error:
        raise BundleError(f"{path} cannot be read as a bundle ({type(error).__name__}: {error}).") from error


def _unpack(content: dict[str, Any]) -> Bundle:
    require_content(content)
    session = entity_from_json(Session, content["session"])
    require_said(session)
    samples = tuple(
        Sample(
            SessionId(session.session_id),
            SlotName(session.slot),
            boot_id,
            MonoNs(mono),
            None if mA is None else Milliamps(mA),
        )
        for boot_id, mono, mA in content["samples"]
    )
    facts = tuple(_fact(fact) for fact in content["facts"])
    known = {name: value for name, value in content["detection"].items() if name in DetectionRules.__dataclass_fields__}
    require_rules(known)
    return Bundle(tell(session, facts, samples), DetectionRules(**known), content["max_mA"], content["kiosk_version"])


def _fact(said: dict[str, Any]) -> Fact:
    values = [said[name] for name in ("seq", "kind", "utc_ms", "boot_id", "mono_ns", "source", "source_id")]
    fact = fact_from_values([*values, json.dumps(said["body"]), json.dumps(said["transfers"])])
    require_said(fact.body)
    return fact


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
