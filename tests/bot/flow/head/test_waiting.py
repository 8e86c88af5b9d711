"""Several lists sent one after the other: each is asked about until it has its yes or no."""

from __future__ import annotations

from bot.flow.head.advance import advance_head
from bot.flow.head.waiting import MOST, asked_first, without
from bot.flow.operations.head import DropList, ListRead, ListSaved, ListTaken, SaveList
from bot.flow.turn import Turn
from bot.messages import Choice, Chosen, Content, Document, Text
from bot.rendering import write
from locales.texts import Texts
from tests.bot.flow.head.samples import a_head
from tests.bot.flow.officer.samples import NOW

FIRST, SECOND = "0" * 31 + "a", "0" * 31 + "b"


class Talk:
    """A head's conversation, kept from turn to turn."""

    def __init__(self) -> None:
        self.conversation = a_head()

    def hear(self, event: object) -> Turn:
        turn = advance_head(self.conversation, event, NOW)  # type: ignore[arg-type]  # any content or result
        assert turn is not None
        self.conversation = a_head(turn.step, pending=turn.pending)
        return turn

    def send(self, key: str, *, ready: int = 9, error: str = "") -> Turn:
        """A file is sent and read."""
        self.hear(Document("ref", "application/vnd.ms-excel", "daftar.xlsx"))
        return self.hear(ListRead(error=error) if error else ListRead(key, {"ready": ready, "repair": 1}))

    def answer(self, event: Content) -> Turn:
        """The head answers; where that asks for saving, it is taken."""
        turn = self.hear(event)
        return self.hear(ListTaken("fresh")) if turn.operations and isinstance(turn.operations[0], SaveList) else turn


def offered(turn: Turn) -> list[str]:
    """What the last buttons of the answer lead to: on the web page only these can be pressed."""
    shown: tuple[Choice, ...] = next((reply.choices for reply in reversed(turn.replies) if reply.choices), ())
    return [choice.id for choice in shown]


def test_a_list_that_was_asked_about_before_is_asked_about_again_when_the_newer_one_is_saved() -> None:
    talk = Talk()
    talk.send(FIRST, ready=8)
    assert offered(talk.send(SECOND, ready=12)) == [f"head.save:{SECOND}", f"head.drop:{SECOND}"]
    assert [reply.key for reply in talk.answer(Text("simpan")).replies] == ["head.list.saving"]
    saved = talk.hear(ListSaved(12))
    assert (saved.replies[-1].key, saved.replies[-1].params) == ("head.list.still", {"count": "8"})
    assert offered(saved) == [f"head.save:{FIRST}", f"head.drop:{FIRST}"]
    assert talk.hear(Text("ya")).operations == (SaveList(FIRST),)
    assert talk.hear(ListTaken("fresh")).step == "head.home"
    assert "head.links" in offered(talk.hear(ListSaved(8)))


def test_a_file_that_cannot_be_read_or_has_nothing_new_leaves_the_question_open() -> None:
    talk = Talk()
    talk.send(FIRST)
    for turn in (talk.send("", error="not_a_sheet"), talk.send(SECOND, ready=0)):
        assert (turn.step, offered(turn)) == ("head.list", [f"head.save:{FIRST}", f"head.drop:{FIRST}"])


def test_after_a_no_the_older_list_is_asked_about() -> None:
    talk = Talk()
    talk.send(FIRST)
    talk.send(SECOND)
    turn = talk.hear(Text("batal"))
    assert (turn.operations, offered(turn)[0]) == ((DropList(SECOND),), f"head.save:{FIRST}")
    turn = talk.hear(Chosen(f"head.drop:{FIRST}"))
    assert (turn.step, turn.operations) == ("head.home", (DropList(FIRST),))
    assert "head.send" in offered(turn)


def test_an_older_button_saves_its_own_list_and_the_newer_one_stays_asked() -> None:
    talk = Talk()
    talk.send(FIRST)
    talk.send(SECOND)
    talk.answer(Chosen(f"head.save:{FIRST}"))
    turn = talk.hear(ListSaved(9))
    assert offered(turn) == [f"head.save:{SECOND}", f"head.drop:{SECOND}"]
    assert "older" not in turn.pending


def test_a_question_in_between_does_not_lose_the_list() -> None:
    talk = Talk()
    talk.send(FIRST)
    turn = talk.hear(Text("apa ini?"))
    assert (turn.replies[0].key, turn.step, offered(turn)[0]) == ("head.help", "head.list", f"head.save:{FIRST}")


def test_a_list_in_which_every_row_is_to_be_repaired_is_told_where_the_cause_stands() -> None:
    spoilt = advance_head(
        a_head(),
        ListRead(FIRST, {"ready": 0, "repair": 12}, ("perbaikan.xlsx", "sheet/2"), reasons=(("nik_eaten", 12),)),
        NOW,
    )
    known = advance_head(a_head(), ListRead(FIRST, {"ready": 0, "repair": 2, "listed": 10}), NOW)
    assert spoilt is not None
    assert spoilt.replies[-1].key == "head.list.spoilt"
    assert known is not None
    assert known.replies[-1].key == "head.list.nothing"


def test_a_file_that_cannot_be_read_is_answered_with_other_ways() -> None:
    assert offered(Talk().send("", error="not_a_sheet")) == ["head.send", "head.photos", "head.home"]


def test_only_so_many_older_lists_wait_and_each_once() -> None:
    pending: dict[str, str] = {}
    for number in (*range(20), 19):
        pending = asked_first(pending, f"key{number}", str(number))
    assert len(pending["older"].split()) == MOST
    assert without(pending, "key18")["older"].split()[0] == "key17=17"
    assert without(asked_first({}, "one", "1"), "one") == {}


def test_the_most_frequent_reasons_are_named_and_the_rest_is_in_the_sheet(texts: Texts) -> None:
    reasons = (("nik_eaten", 1_200), ("nik_short", 9), ("phone_odd", 3), ("nik_kk", 1))
    read = ListRead(FIRST, {"ready": 5, "repair": 1_213}, ("perbaikan.xlsx", "sheet/2"), reasons=reasons)
    turn = advance_head(a_head(), read, NOW)
    assert turn is not None
    assert write(turn.replies[1], texts, language="id").startswith(
        "1.213 baris perlu diperbaiki: 1.200 NIK terpotong oleh Excel, 9 NIK kurang dari 16 angka, 3 nomor HP belum benar,"
        " dan lainnya. Lihat kolom alasan di file ini"
    )
