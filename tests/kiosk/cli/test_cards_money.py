"""Lost cards, pay-outs, refunds and tables of cards from a terminal."""

import pytest

OLD, NEW = "0A00C8F1B2", "0100ABCDEF"


def test_a_lost_card_is_replaced(terminal):
    terminal.good("cards", "add", OLD, "--name", "Ann")
    terminal.good("cards", "top-up", OLD, "30min")
    new = terminal.json("cards", "replace", OLD, NEW)
    assert (new["name"], new["charge_s"], new["blocked"]) == ("Ann", 1800, False)
    old = terminal.json("cards", "show", OLD)
    assert (old["charge_s"], old["blocked"]) == (0, True)
    assert terminal.json("ledger", "verify")["valid"]


def test_a_pay_out_leaves_the_card_and_is_limited_by_the_box(terminal):
    terminal.good("cards", "top-up", OLD, "30min")
    assert terminal.json("cards", "pay-out", OLD, "10min", "--cash", "0", "--reason", "leaving")["charge_s"] == 1200
    refusal = terminal.refused("cards", "pay-out", OLD, "1min", "--cash", "5", "--reason", "leaving")
    assert "₱0 in the cash box; ₱5 were to be paid out" in refusal
    assert terminal.json("ledger", "verify")["valid"]


def test_a_pay_out_takes_the_money_from_where_it_is(terminal):
    terminal.good("cards", "top-up", OLD, "30min")
    terminal.good("cards", "top-up", OLD, "--ml", "500")
    terminal.good("ledger", "collect", "20", "--who", "Eve", "--reason", "weekly")
    pay = ("cards", "pay-out", OLD, "--ml", "500", "--cash", "2.50", "--reason", "leaving")
    assert "Take it from what was collected" in terminal.refused(*pay)
    said = terminal.good(*pay, "--from-collected", "--command-id", "receipt 7")
    assert "0 ml" in said
    assert "₱2.50 were paid out" in said
    assert terminal.good(*pay, "--from-collected", "--command-id", "receipt 7") == said
    assert terminal.json("ledger", "collections")["cash"]["collected_minor"] == 1750
    assert "No money" in terminal.good("cards", "pay-out", OLD, "60", "--cash", "0", "--reason", "spoilt")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("10min",), "how much money was handed over: --cash 30"),
        (("--ml", "10"), "how much money was handed over"),
        (("--cash", "5"), "either a TIME such as 30min, or --ml"),
        (("10min", "--ml", "10", "--cash", "5"), "either a TIME"),
        (("10min", "--cash", "1.234"), "not an amount of money such as ₱12.25"),
        (("10min", "--cash", "-1"), "not an amount of money"),
        (("soon", "--cash", "1"), "not a time such as"),
        (("--ml", "0", "--cash", "1"), "0 is not from 1 up"),
    ],
)
def test_a_pay_out_that_leaves_a_question_moves_nothing(terminal, words, says):
    terminal.good("cards", "top-up", OLD, "30min")
    assert says in terminal.refused("cards", "pay-out", OLD, *words, "--reason", "leaving", code=2)
    assert terminal.json("cards", "show", OLD)["charge_s"] == 1800


def test_a_refund_of_nothing_known_is_refused_with_what_to_do(terminal):
    terminal.good("cards", "add", OLD)
    assert "Top the card up" in terminal.refused("sessions", "refund", "s-none", "1min", "--reason", "why")


@pytest.mark.parametrize(("amount", "says"), [(("soon",), "not a time such as"), (("2min", "--ml"), "whole number")])
def test_a_refund_that_is_no_amount_says_how_to_write_one(terminal, amount, says):
    assert says in terminal.refused("sessions", "refund", "s-none", *amount, "--reason", "why", code=2)


def test_a_table_of_cards_is_imported(terminal, tmp_path):
    table = tmp_path / "cards.csv"
    table.write_text("\ufeffUID,Name,Group,Time\n0A00C8F1B2,Ann,student,30min\n0013169075,Bob,,\n", encoding="utf-8")
    assert "2 cards are imported" in terminal.good("cards", "import", str(table))
    assert terminal.json("cards", "show", OLD)["charge_s"] == 1800
    assert terminal.json("cards", "show", OLD)["group"] == "student"


def test_an_import_that_broke_off_is_repeated_and_puts_nothing_on_a_card_twice(terminal, tmp_path):
    table = tmp_path / "cards.csv"
    table.write_text("uid,time\n0A00C8F1B2,30min\n")
    terminal.good("cards", "import", table, "--command-id", "january")
    table.write_text("uid,time\n0A00C8F1B2,30min\n0A00C8F1B2,30min\n0013169075,10min\n")
    for _ in range(2):
        terminal.good("cards", "import", table, "--command-id", "january")
    assert [terminal.json("cards", "show", uid)["charge_s"] for uid in (OLD, "0013169075")] == [3600, 600]
    terminal.good("cards", "import", table)
    assert terminal.json("cards", "show", OLD)["charge_s"] == 7200


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"uid,colour\n0A00C8F1B2,red\n", "line 1: the columns are uid, name"),
        (b"", "line 1: the columns are"),
        (b"uid;name\n0A00C8F1B2;Ann\n", "parted by semicolons"),
        (b"uid,time\nhello,30min\n0A00C8F1B2,soon\n", "line 3: time: 'soon'"),
        (b"uid,max_sessions\n0A00C8F1B2,many\n", "line 2: max_sessions: 'many'"),
        (b"uid\n\xff\xfe\n", "not UTF-8"),
    ],
)
def test_a_table_with_mistakes_imports_nothing_and_names_them(terminal, tmp_path, text, says):
    table = tmp_path / "cards.csv"
    table.write_bytes(text)
    assert says in terminal.refused("cards", "import", str(table))
    assert not (terminal.data / "kiosk.db").exists()
