"""What can be asked of the engine, or told to it: one frozen dataclass each, one module a family.

Whoever sends a command says who asks (``actor``) and under which identity (``command_id`` at the bus, the source's own
id for observations). Commands carry values, never handles, so they can cross threads, sockets and restarts.
"""

from sessions.commands.actor import KIOSK, Actor
from sessions.commands.kiosk import (
    CheckDeadlines,
    CoinIn,
    Detected,
    DeviceTrouble,
    DoorObserved,
    FollowHours,
    SetDanger,
    SetSelling,
)
from sessions.commands.people import (
    AskVisit,
    ChooseService,
    ClaimSlot,
    EndVisit,
    Heartbeat,
    ReleaseClaim,
    RememberReading,
    SignOut,
    StartVisit,
    Tap,
)
from sessions.commands.sessions import ExtendSession, OpenDoor, RefundSession, StartCharging, StopSession
from sessions.commands.staff import (
    AcknowledgeDanger,
    AddCredit,
    CollectCash,
    DisableSlot,
    EnableSlot,
    EndSilentVisits,
    IssueAccessKey,
    PayOut,
    ReplaceCard,
    SaveCard,
    SetMaintenance,
)
from sessions.commands.technician import ActByHand, EnterByPin, ForgivePinTries, LeaveTechnician, SetPin, TryPin
from sessions.commands.testing import BeginSlotTest, EndSlotTest
from sessions.commands.water import CupMoved, RecordCleaning, StartWater, WaterDrained, WaterPoured

__all__ = [
    "KIOSK",
    "AcknowledgeDanger",
    "ActByHand",
    "Actor",
    "AddCredit",
    "AskVisit",
    "BeginSlotTest",
    "CheckDeadlines",
    "ChooseService",
    "ClaimSlot",
    "CoinIn",
    "CollectCash",
    "Command",
    "CupMoved",
    "Detected",
    "DeviceTrouble",
    "DisableSlot",
    "DoorObserved",
    "EnableSlot",
    "EndSilentVisits",
    "EndSlotTest",
    "EndVisit",
    "EnterByPin",
    "ExtendSession",
    "FollowHours",
    "ForgivePinTries",
    "Heartbeat",
    "IssueAccessKey",
    "LeaveTechnician",
    "OpenDoor",
    "PayOut",
    "RecordCleaning",
    "RefundSession",
    "ReleaseClaim",
    "RememberReading",
    "ReplaceCard",
    "SaveCard",
    "SetDanger",
    "SetMaintenance",
    "SetPin",
    "SetSelling",
    "SignOut",
    "StartCharging",
    "StartVisit",
    "StartWater",
    "StopSession",
    "Tap",
    "TryPin",
    "WaterDrained",
    "WaterPoured",
]

Command = (
    Tap
    | SignOut
    | RememberReading
    | StartVisit
    | Heartbeat
    | AskVisit
    | EndVisit
    | ChooseService
    | ClaimSlot
    | ReleaseClaim
    | StartCharging
    | StopSession
    | ExtendSession
    | OpenDoor
    | RefundSession
    | AcknowledgeDanger
    | AddCredit
    | PayOut
    | CollectCash
    | SaveCard
    | ReplaceCard
    | IssueAccessKey
    | EndSilentVisits
    | DisableSlot
    | EnableSlot
    | BeginSlotTest
    | EndSlotTest
    | SetPin
    | ForgivePinTries
    | TryPin
    | EnterByPin
    | LeaveTechnician
    | ActByHand
    | CoinIn
    | Detected
    | DoorObserved
    | DeviceTrouble
    | SetDanger
    | SetSelling
    | SetMaintenance
    | FollowHours
    | StartWater
    | CupMoved
    | WaterPoured
    | WaterDrained
    | RecordCleaning
    | CheckDeadlines
)
