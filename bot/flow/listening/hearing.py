"""What came in, made into what the open question listens to; everything else is answered here.

Decides the order of understanding: an officer's code, a late button, the number or label of an offered choice, an answer
beyond doubt, a word that counts everywhere, and then the question itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.flow import handover
from bot.flow.confirming import OP
from bot.flow.head.advance import welcome_words
from bot.flow.listening.asking import hear_question, is_asking_instead
from bot.flow.listening.near import NEAR, hear_near, offer_near
from bot.flow.listening.stuck import lend_a_hand
from bot.flow.operations.contract import Rejected, Result
from bot.flow.operations.family import TakenUp
from bot.flow.operations.head import HeadEnrolled
from bot.flow.operations.invited import InvitationOpened
from bot.flow.operations.people import Called, HandoverEnded, HandoverTaken, HandoverWaits, ObjectionFiled, Relayed
from bot.flow.operations.rights import ConsentWithdrawn, MoveCodeMade, TalkMoved
from bot.flow.operations.worker import (
    Applications,
    DataCopy,
    Deleted,
    Enrol,
    Enrolled,
    LinkMade,
    PhotoRead,
    Submitted,
    Withdrawn,
)
from bot.flow.registration.family import hear_taken_up
from bot.flow.registration.identity import WHY
from bot.flow.registration.invited import hear_opened, open_invitation, read_invitation
from bot.flow.registration.order import (
    CANCEL,
    CHOOSE,
    CONSENT,
    DELETE,
    DONE,
    FAMILY,
    HANDOVER,
    LANGUAGE,
    LINK,
    NAME,
    OBJECT,
    OBJECT_SURE,
    READ,
    START,
    SUMMARY,
    UNCONSENT,
    WHOM,
    WITHDRAW,
)
from bot.flow.registration.photo import hear_verdict, take_photo
from bot.flow.registration.summary import hear_rejected, hear_submitted
from bot.flow.rights import language
from bot.flow.rights.consent import hear_withdrawn as hear_unconsented
from bot.flow.rights.moving import hear_code, hear_moved
from bot.flow.rights.obey import (
    hear_applications,
    hear_copy,
    hear_deleted,
    hear_not_withdrawn,
    hear_withdrawn,
    obey,
)
from bot.flow.rights.objection import FILING, hear_filed, hear_not_filed
from bot.flow.rights.words import Word, read_bare_code, read_code, read_exact, read_intent, word_of
from bot.flow.steps import STEPS, is_certain, waits_for
from bot.flow.talk import Move, Said, Talk, again, is_unclear
from bot.flow.unasked.notices import FIX
from bot.messages import Choice, Chosen, Contact, Content, Document, Photo, Reply, Text
from bot.understanding.intents import Intent

ENROL = "enrol"

TEXT_MAX = 500
"""Characters of a text that are read; nobody's answer is longer."""
DIGITS_MIN = 8
"""A text with so many digits is looked at as a number before it is weighed as a sentence."""
_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff")

#: What people type for a label instead of pressing it; the label itself among them.
LABELS: Mapping[str, tuple[str, ...]] = {
    "choice.agree": ("setuju", "saya setuju"), "choice.agree.after": ("saya setuju", "setuju"), "choice.no": ("tidak",),
    "choice.self": ("diri sendiri", "saya sendiri", "sendiri"), "choice.other": ("orang lain",),
    "choice.status": ("cek status",), "choice.new": ("daftar lagi", "daftar"), "choice.human": ("petugas",),
    "choice.keep": ("tetap",), "choice.kk.nik": ("ya, ini nik", "ini nik"), "choice.kk.retype": ("ketik ulang",),
    "choice.link": ("minta tautan", "tautan", "link"), "choice.skip": ("lewati foto", "lewati"),
    "choice.typed": ("yang diketik", "ketikan saya"), "choice.read": ("yang di ktp", "di ktp"),
    "choice.neither": ("salah semua", "dua-duanya salah"), "choice.right": ("benar", "sudah benar"),
    "choice.change": ("ubah", "ganti"), "choice.rephoto": ("foto ulang",), "choice.else": ("bukan ini", "bukan"),
    "choice.phone.mine": ("pakai nomor ini", "nomor ini"), "choice.send": ("kirim",),
    "choice.send.again": ("kirim lagi", "kirim"), "choice.cancel.yes": ("ya, batalkan", "batalkan"),
    "choice.cancel.no": ("tidak, lanjut", "lanjut", "lanjutkan"), "choice.delete.yes": ("ya, hapus",),
    "choice.resume": ("lanjutkan", "lanjut"),
    "choice.delete.no": ("tidak, simpan", "simpan"), "choice.withdraw.yes": ("ya, tarik", "tarik"),
    "choice.withdraw.no": ("tidak jadi",), "choice.object.no": ("tidak jadi",), "choice.object.yes": ("ya, kirim", "kirim"),
    "choice.consent.yes": ("ya, cabut izin", "ya, cabut"), "choice.consent.no": ("tidak jadi",),
    "choice.object.again": ("tulis ulang",), "choice.handover.go": ("lanjut sendiri",),
}  # fmt: skip
_SAYS_LANGUAGE = re.compile(r"(?i)\b(?:bahasa|basa|baso|boso|language|cakap|marhata)\b")
_OWN_AFFAIR = {
    CANCEL: frozenset({Word.CANCEL, Word.RESTART}),
    DELETE: frozenset({Word.DELETE}),
    UNCONSENT: frozenset({Word.UNCONSENT}),
    LANGUAGE: frozenset({Word.LANGUAGE, Word.CANCEL}),
    FAMILY: frozenset({Word.OTHER, Word.START}),
    READ: frozenset({Word.CORRECT}),
    CHOOSE: frozenset({Word.CORRECT}),
    WITHDRAW: frozenset({Word.CANCEL}),
    CONSENT: frozenset({Word.CANCEL, Word.OBJECT, Word.UNCONSENT}),
    OBJECT: frozenset({Word.OBJECT, Word.CANCEL}),
    OBJECT_SURE: frozenset({Word.OBJECT, Word.CANCEL}),
}
"""Words that say at a step no more than the step is about; there it wants its own clear answer."""
_BEFORE_GREETING = frozenset(
    {Word.STOP, Word.HUMAN, Word.STATUS, Word.DATA, Word.DELETE, Word.OBJECT, Word.UNCONSENT, Word.LANGUAGE}
)
"""Words followed even before the first greeting."""


def hear_content(talk: Talk, content: Content, *, is_asked: bool) -> Move:
    """What the person's message leads to.

    Args:
        talk: the talk, at a step that fits its record.
        content: the message.
        is_asked: the step's question has been put; if not, only what can't be anything else counts as an answer.
    """
    if talk.step == HANDOVER and not (isinstance(content, Text) and read_code(content.text)):
        heard = handover.hear_person(talk, content)
        return obey(talk, heard) if isinstance(heard, Word) else heard
    match content:
        case Text(text):
            return _hear_text(talk, text.strip()[:TEXT_MAX], is_asked=is_asked)
        case Chosen(id_):
            return _hear_press(talk, id_)
        case Photo(ref):
            return _hear_photo(talk, ref)
        case Document(ref) if _is_image(content):
            return _hear_photo(talk, ref)
        case Contact(phone) if STEPS[talk.step].takes_phone:
            return STEPS[talk.step].answer(talk, Said(phone=phone))
        case _:
            return again(talk, Reply(f"any.{type(content).__name__.lower()}"))


def hear_result(talk: Talk, result: Result) -> Move | None:
    """What the register's answer leads to; None when it is nothing a worker is told."""
    hear = _RESULTS.get(type(result))
    return hear(talk, result) if hear else None


def _hear_link(talk: Talk, result: LinkMade) -> Move:
    why = talk.pending.get(WHY, "again")
    return again(talk, Reply(f"reg.link.{why}", params={"minutes": str(result.minutes)}, link=result.url), ask=False)


def _hear_enrolled(talk: Talk, result: Enrolled) -> Move:
    """An officer who is registering somebody meanwhile goes on with that."""
    rest = {key: value for key, value in talk.pending.items() if key != OP}
    return again(talk, Reply("off.enrolled", params={"name": result.name}), pending=rest, ask=talk.draft is not None)


def _hear_head_enrolled(talk: Talk, result: HeadEnrolled) -> Move:
    """The head of an association who is registering meanwhile goes on with that."""
    rest = {key: value for key, value in talk.pending.items() if key != OP}
    return again(talk, welcome_words(result), pending=rest, ask=talk.draft is not None)


def _hear_rejected(talk: Talk, result: Rejected) -> Move:
    """The rejection belongs to whatever was asked of the register last."""
    asked = talk.pending.get(OP, "")
    if asked == ENROL:
        rest = {name: value for name, value in talk.pending.items() if name != OP}
        return Move(talk.step, say=(Reply("rights.enrol.rejected"),), pending=rest, ask=talk.step not in {START, DONE})
    if asked == "withdraw":
        return hear_not_withdrawn(talk, result)
    if asked == FILING:
        return hear_not_filed(talk, result)
    return hear_rejected(talk, result)


def _hear_photo_read(talk: Talk, result: PhotoRead) -> Move | None:
    """A verdict that comes while the person talks with an officer waits for them at the open question."""
    if talk.step != HANDOVER:
        return hear_verdict(talk, result)
    move = hear_verdict(handover.parked(talk), result)
    return handover.meanwhile(talk, move) if move is not None else None


_RESULTS: Mapping[type, Callable[[Talk, Any], Move | None]] = {
    PhotoRead: _hear_photo_read,
    Submitted: hear_submitted,
    Rejected: _hear_rejected,
    Applications: hear_applications,
    Withdrawn: hear_withdrawn,
    DataCopy: hear_copy,
    Deleted: hear_deleted,
    ConsentWithdrawn: hear_unconsented,
    MoveCodeMade: hear_code,
    TalkMoved: hear_moved,
    TakenUp: hear_taken_up,
    LinkMade: _hear_link,
    Enrolled: _hear_enrolled,
    HeadEnrolled: _hear_head_enrolled,
    InvitationOpened: hear_opened,
    Called: handover.hear_called,
    Relayed: handover.hear_relayed,
    HandoverTaken: handover.hear_taken,
    HandoverWaits: handover.hear_waits,
    HandoverEnded: handover.hear_ended,
    ObjectionFiled: hear_filed,
}


def _hear_text(talk: Talk, text: str, *, is_asked: bool) -> Move:
    code = read_code(text) or read_bare_code(text)
    if code:
        return again(talk, do=(Enrol(code),), ask=False, pending={**talk.pending, OP: ENROL})
    invited = read_invitation(text)
    if invited:
        return open_invitation(talk, invited)
    offered = _offered(talk, text) if is_asked else None
    if offered is not None:
        return STEPS[talk.step].answer(talk, Said(value=_value(offered.id)))
    return _hear_words(talk, text, is_asked=is_asked)


def _hear_words(talk: Talk, text: str, *, is_asked: bool) -> Move:
    """Words that are no code and no choice: a question, a word that counts everywhere, or an answer."""
    word, intent = _weigh(talk, text)
    asked = hear_question(talk, text, intent)
    if asked is not None:
        return obey(talk, asked) if isinstance(asked, Word) else asked
    if word is Word.HUMAN or (word is not None and _counts(talk, word)):
        return _follow(talk, word, text)
    if talk.draft is not None and not is_asked and not is_certain(talk.step, text):
        return obey(talk, Word.START)
    move = STEPS[talk.step].answer(talk, Said(text=text, intent=intent))
    if is_unclear(move) or is_asking_instead(talk, move, text):
        move = offer_near(talk, text) or move
    return lend_a_hand(talk, move)


def _follow(talk: Talk, word: Word, text: str) -> Move:
    """The word is followed; a person reads what else was said, and a language may be named in it."""
    if word is Word.HUMAN:
        return handover.call(talk, text)
    return language.begin(talk, text) if word is Word.LANGUAGE else obey(talk, word)


def _hear_press(talk: Talk, id_: str) -> Move:
    """A press at this step is an answer; a late one is honoured when it does no harm."""
    step, _, value = id_.partition(":")
    if step == talk.step:
        return STEPS[step].answer(talk, Said(value=value))
    if step == FIX:
        return obey(talk, Word.START)
    if step == NEAR:
        return hear_near(talk, value)
    harmless = {"status": Word.STATUS, "human": Word.HUMAN}
    if step in {DONE, WHOM, SUMMARY} and value in harmless:
        return obey(talk, harmless[value])
    return STEPS[talk.step].answer(talk, Said()) if talk.step == START else again(talk, Reply("any.stale"))


def _hear_photo(talk: Talk, ref: str) -> Move:
    if talk.step in {LINK, START, OBJECT, OBJECT_SURE}:
        return STEPS[talk.step].answer(talk, Said(photo=ref))
    return take_photo(talk, ref) if STEPS[talk.step].takes_photo else again(talk, Reply("any.photo"))


def _weigh(talk: Talk, text: str) -> tuple[Word | None, Intent]:
    """The word that counts everywhere, if the text is one and no answer beyond doubt; and what it means by itself."""
    exact = read_exact(text)
    if exact is None and sum(char.isdigit() for char in text) >= DIGITS_MIN and is_certain(talk.step, text):
        return None, Intent.UNKNOWN
    intent = read_intent(text, pending=waits_for(talk.step))
    if exact is not None or _is_answer(talk, text, intent):
        return exact, intent
    word = word_of(intent)
    return (None if word is not None and is_certain(talk.step, text) else word), intent


def _is_answer(talk: Talk, text: str, intent: Intent) -> bool:
    """What would count elsewhere is what this very question asks for: a place called like a language, a change."""
    if talk.step in {OBJECT, OBJECT_SURE}:
        return True
    if intent is Intent.REGISTER:
        return talk.step == CONSENT
    if intent is Intent.CHANGE:
        return talk.step in {READ, SUMMARY, CHOOSE}
    if intent is Intent.LANGUAGE:
        return STEPS[talk.step].takes_names and not _SAYS_LANGUAGE.search(text)
    return intent is Intent.GREET and talk.step == NAME


def _counts(talk: Talk, word: Word) -> bool:
    """The word is followed at this step, rather than being heard as an answer to its question."""
    if talk.step == START:
        return word in _BEFORE_GREETING
    return word not in _OWN_AFFAIR.get(talk.step, frozenset())


def _offered(talk: Talk, text: str) -> Choice | None:
    """The choice of the open question whose number or label was typed."""
    replies = STEPS[talk.step].ask(talk)
    choices = replies[-1].choices if replies else ()
    plain = " ".join(text.lower().strip(" .!").split())
    if plain.isascii() and plain.isdigit() and len(plain) <= 2:
        return choices[int(plain) - 1] if 0 < int(plain) <= len(choices) else None
    return next((item for item in choices if plain in (item.text.lower(), *LABELS.get(item.key, ())) and plain), None)


def _value(id_: str) -> str:
    return id_.partition(":")[2]


def _is_image(document: Document) -> bool:
    return document.media_type.startswith("image/") or document.filename.lower().endswith(_IMAGE_ENDINGS)
