"""The coin box, emptied and counted from a terminal."""

import os
import pty
import subprocess
import sys

import pytest

from kiosk.card_secret import card_secret
from kiosk.cli.context import Context
from kiosk.offline import offline_conductor
from sessions.cards import card_key
from sessions.commands import CoinIn
from sessions.units import MinorUnits, MonoNs

WEEKLY = ("--who", "Eve", "--reason", "weekly")


def coin(terminal, name, minor):
    terminal.data.mkdir(exist_ok=True)
    card = card_key(card_secret(terminal.data), "em4100:00C8F1B2")
    with offline_conductor(terminal.data, Context(terminal.data).settings) as conductor:
        answer = conductor.execute(CoinIn(name, MinorUnits(minor), MonoNs(1), card), name)
        conductor.when_durable(answer.seq, lambda: None)


def test_a_counting_says_what_should_be_there_what_was_and_the_difference(terminal):
    coin(terminal, "coin-1", 1000)
    said = terminal.good("ledger", "collect", "9.50", *WEEKLY)
    assert said == "The books had ₱10 in the box, ₱9.50 were counted: ₱0.50 too little.\n"
    coin(terminal, "coin-2", 500)
    assert "nothing is missing" in terminal.good("ledger", "collect", "5", *WEEKLY)
    listed = terminal.json("ledger", "collections")
    assert [(c["expected_minor"], c["counted_minor"], c["difference_minor"]) for c in listed["collections"]] == [
        (500, 500, 0),
        (1000, 950, -50),
    ]
    assert listed["cash"] == {
        "taken_minor": 1500,
        "over_minor": 0,
        "box_minor": 0,
        "collected_minor": 1450,
        "short_minor": 50,
    }
    shown = terminal.good("ledger", "collections")
    assert "-₱0.50" in shown
    assert "In the box now: ₱0. Collected and not paid out again: ₱14.50." in shown
    books = terminal.json("ledger", "verify")
    assert books["valid"]
    assert (books["units"]["minor"]["collected"], books["units"]["minor"]["missing when counted"]) == (1450, 50)
    assert terminal.json("store", "verify")["valid"]


def test_the_same_counting_is_booked_once(terminal):
    coin(terminal, "coin-1", 1000)
    words = ("ledger", "collect", "10", *WEEKLY, "--emptied-at", "00:00", "--command-id", "friday")
    coin(terminal, "coin-2", 500)
    first = terminal.json(*words)
    assert terminal.json(*words) == first
    assert len(terminal.json("ledger", "collections")["collections"]) == 1
    assert terminal.json("ledger", "verify")["valid"]


def test_coins_since_the_emptying_wait_for_the_next_counting(terminal):
    coin(terminal, "coin-1", 1000)
    said = terminal.good("ledger", "collect", "0.50", *WEEKLY, "--emptied-at", "2020-01-01 12:00")
    assert "The books had ₱0 in the box, ₱0.50 were counted" in said
    assert "₱10 came since and belong to the next counting" in said
    assert "counted since" in terminal.refused("ledger", "collect", "10", *WEEKLY, "--emptied-at", "2020-01-01 12:01")
    assert "nothing is missing" in terminal.good("ledger", "collect", "10", *WEEKLY)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("five", *WEEKLY), 2, "not an amount of money such as ₱12.25"),
        (("-5", *WEEKLY), 2, "No such option"),
        (("5", "--who", "Eve"), 2, "'--reason'"),
        (("5", "--reason", "weekly"), 2, "'--who'"),
        (("5", "--who", " ", "--reason", "weekly"), 1, "Say who"),
        (("5", "--who", "Eve", "--reason", " "), 1, "Say why"),
        (("0", *WEEKLY), 1, "nothing to book"),
        (("5", *WEEKLY, "--emptied-at", "noon"), 1, "not a time such as 14:05"),
        (("5", *WEEKLY, "--emptied-at", "2999-01-01 00:00"), 1, "future"),
    ],
)
def test_a_counting_that_cannot_be_books_nothing(terminal, words, code, says):
    assert says in terminal.refused("ledger", "collect", *words, code=code)
    if (terminal.data / "kiosk.db").exists():
        assert terminal.json("ledger", "collections")["collections"] == []


@pytest.mark.parametrize(("answer", "booked"), [("n\n", 0), ("y\n", 1)])
def test_whoever_sits_there_is_asked_about_a_difference(terminal, answer, booked):
    coin(terminal, "coin-1", 1000)
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        words = ["ledger", "collect", "100", *WEEKLY, "--data", str(terminal.data)]
        asked = subprocess.run(
            [sys.executable, "-c", "from kiosk.cli import main; main()", *words],
            check=False,
            stdin=theirs,
            capture_output=True,
            timeout=60,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert "₱90 too much" in asked.stderr.decode()
    assert asked.returncode == (0 if booked else 1)
    assert len(terminal.json("ledger", "collections")["collections"]) == booked
