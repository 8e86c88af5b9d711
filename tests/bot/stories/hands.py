"""What a person does with a messenger: types, presses the newest button of a label, sends a photo, a list or a contact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.messages import ChannelName, Chosen, Contact, Content, Document, Other, Photo, Text, Voice
from tests.bot.stories.names import Names
from tests.bot.stories.phone import Phone, is_labelled
from tests.models.referral import lists

_BRACKET = re.compile(r"\[(?P<kind>\w+)(?:: (?P<what>.*))?\]")


class Hands:
    """Makes what comes in of what stands in the file; files that are sent lie with the messenger then.

    Args:
        stage: what the conversation is played on, for the message of a failure.
    """

    def __init__(self, stage: str, phones: Mapping[ChannelName, Phone], names: Names, ids: Iterator[int]) -> None:
        self.stage, self.phones, self.names, self.ids = stage, phones, names, ids

    def content(self, what: str, channel: ChannelName, address: str) -> Content:
        """What the channel would make of these words, or of what is named in brackets."""
        match = _BRACKET.fullmatch(what)
        if match is None:
            return Text(self.names.meant(what).replace("⏎", "\n"))
        kind, more = match["kind"], match["what"] or ""
        match kind:
            case "button":
                return self._pressed(channel, address, self.names.meant(more))
            case "photo":
                return Photo(self._file(channel, more))
            case "file" | "list" | "zip":
                return self._document(kind, more, channel, address)
            case "voice":
                return Voice()
            case "contact":
                return Contact(more, own=False) if more else Contact("+6281234567890", own=True)
            case _:
                return Other(kind)

    def _document(self, kind: str, what: str, channel: ChannelName, address: str) -> Document:
        """`[file: ktp.heic -> accepted]`, `[list: 12 rows, 3 broken]`, or `[zip: siti -> accepted; budi -> blurred]`."""
        if kind == "list":
            return self._list(channel, address, what)
        if kind == "zip":
            described = {f"foto-{at}.jpg": one.encode() for at, one in enumerate(what.split("; "), start=1)}
            return Document(self._put(channel, lists.zipped(described)), "application/zip", "foto.zip")
        name, _, _ = what.partition(" -> ")
        type_ = {"pdf": "application/pdf", "heic": "image/heic", "jpg": "image/jpeg"}[name.rpartition(".")[2]]
        return Document(self._file(channel, what.replace(name, "siti", 1)), type_, name)

    def _file(self, channel: ChannelName, described: str) -> str:
        return self._put(channel, described.encode())

    def _put(self, channel: ChannelName, data: bytes) -> str:
        ref = f"ref-{next(self.ids)}"
        self.phones[channel].files[ref] = data
        return ref

    def _list(self, channel: ChannelName, address: str, what: str) -> Document:
        """A list of members: `12 rows, 3 broken`, or `repaired`: the last one that came back, with its NIK put right."""
        if what == "repaired":
            sent = [one.message.document for one in self.phones[channel].sent if one.address == address]
            name, _, data = [document for document in sent if document is not None][-1]
            return Document(self._put(channel, lists.repaired(data)), "", name)
        count, broken = (int(word) for word in re.findall(r"\d+", f"{what}, 0")[:2])
        whole = lists.rows(count)
        for line in whole[count - broken :]:
            line[0] = line[0][:15]
        return Document(self._put(channel, lists.xlsx(lists.HEADINGS, *whole)), "", "anggota.xlsx")

    def _pressed(self, channel: ChannelName, address: str, label: str) -> Content:
        """The newest button of this label; where the channel numbers its choices, the number that would be typed."""
        for sent in reversed(self.phones[channel].sent):
            if sent.address != address:
                continue
            found = [button for button in sent.message.buttons if is_labelled(button, label)]
            if found:
                return Chosen(found[0].id)
            typed = [line.partition(". ")[0] for line in sent.text.split("\n") if line.partition(". ")[2] == label]
            if typed:
                return Text(typed[0])
        raise AssertionError(f"no button {label!r} on {self.stage}")
