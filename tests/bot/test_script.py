"""Golden conversations are read and written as people write them: nothing said is lost, nothing heard is invented."""

from __future__ import annotations

import pytest

from tests.bot.stories.script import EVERYWHERE, BadScript, Done, Heard, Said, merged, read_script, write_script

TEXT = """# Why.
# on: telegram, web

A > halo
A > apa kabar?
A < heard before
    [Button]

(clock +5 days)

O@web > [photo: siti -> accepted]
"""


def test_what_is_said_and_done_is_read_and_what_was_heard_is_left_aside() -> None:
    script = read_script(TEXT)
    assert script.stages == ("telegram", "web")
    assert script.deeds == (
        (Said("A", "", "halo"), Said("A", "", "apa kabar?")),
        Done("clock +5 days"),
        (Said("O", "web", "[photo: siti -> accepted]"),),
    )


def test_what_is_heard_is_written_after_the_deed_that_it_answers() -> None:
    script = read_script(TEXT)
    heard = [[Heard("A", ("Halo", "dua baris"), ("[Ya]",))], [], [Heard("A@web", ("Foto",), ())]]
    written = write_script(script, {"telegram": heard, "web": heard})
    assert written == (
        "# Why.\n# on: telegram, web\n\nA > halo\nA > apa kabar?\nA < Halo\n    dua baris\n    [Ya]\n\n"
        "(clock +5 days)\n\nO@web > [photo: siti -> accepted]\nA@web < Foto\n"
    )
    assert read_script(written) == script


def test_a_part_that_differs_names_its_channels() -> None:
    shown = {name: [Heard("A", ("Pilih:",), ("[a] [b]",))] for name in ("telegram", "web")}
    shown["whatsapp"] = [Heard("A", ("Pilih:",), ("[Lihat: a | b]",))]
    assert merged(shown) == ["A < Pilih:", "    (telegram, web) [a] [b]", "    (whatsapp) [Lihat: a | b]"]


def test_a_text_that_differs_is_written_whole_for_each_channel() -> None:
    shown = {"telegram": [Heard("A", ("Satu",), ("[x]",))], "web": [Heard("A", ("Dua",), ("[x]",))]}
    assert merged(shown) == ["A < (telegram) Satu", "    [x]", "A < (web) Dua", "    [x]"]


def test_where_one_channel_hears_more_nothing_is_put_together() -> None:
    one = Heard("A", ("Satu",), ())
    assert merged({"telegram": [one, one], "web": [one]}) == ["A < (telegram) Satu", "A < (telegram) Satu", "A < (web) Satu"]


def test_a_conversation_is_played_everywhere_unless_it_says_so() -> None:
    assert read_script("A > halo\n").stages == EVERYWHERE


@pytest.mark.parametrize("line", ["halo", "a > halo", "A halo", "# on: telex"])
def test_a_line_that_is_none_of_ours_is_refused(line: str) -> None:
    with pytest.raises(BadScript):
        read_script(f"{line}\n")
