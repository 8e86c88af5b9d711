"""The privacy notice and its version belong together: whoever changes a word raises the version, and this table."""

from __future__ import annotations

from bot.flow.conversation import Agency
from bot.privacy import NOTICE_KEYS, NOTICE_VERSION, notice_hash
from locales.texts import Texts

#: Every version that people have agreed to, with the hash of its words. Rows are only ever added.
VERSIONS = {
    "2026-11": "b00703d1eb9849425351742aef0c20798372cc2591be8b03c3e4e697b81b05b2",
    "2026-11b": "31585f20588e44c0708d78c29c5292bcae2831f8867b3a0edbf9135d7cd8e1af",
}


def test_the_words_are_those_of_the_version(texts: Texts) -> None:
    assert VERSIONS[NOTICE_VERSION] == notice_hash(texts), "raise NOTICE_VERSION, and add a row above"


def test_every_word_of_the_notice_counts(texts: Texts) -> None:
    words = texts.by_language["id"]
    hashes = {notice_hash(Texts({"id": {**words, key: words[key] + "."}})) for key in NOTICE_KEYS}
    assert len(hashes | {notice_hash(texts)}) == len(NOTICE_KEYS) + 1


def test_the_notice_names_what_the_law_asks_for(texts: Texts) -> None:
    words = " ".join(texts.by_language["id"][key] for key in NOTICE_KEYS)
    for word in ("{agency}", "{decree}", "{retention}", "{version}", "NIK", "JKK", "BPJS", "hapus", "UU 27/2022"):
        assert word in words, word
    assert {name for key in NOTICE_KEYS for name in texts.placeholders(key)} <= {*Agency.__slots__, "agency", "version"}
