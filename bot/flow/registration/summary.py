"""Everything on one page before it is sent; any answer can be changed there; sending, and what comes back of it."""

from __future__ import annotations

from bot.flow.conversation import PhotoState
from bot.flow.handover import call
from bot.flow.operations.contract import Rejected
from bot.flow.operations.worker import Submit, Submitted
from bot.flow.registration.family import left
from bot.flow.registration.order import CHOOSE, DONE, STEP_OF, SUMMARY, step_for
from bot.flow.registration.photo import ONLY, shown
from bot.flow.registration.work import name_of
from bot.flow.talk import CHANGE, GO_ON, Move, Said, Talk, choice, unclear
from bot.messages import Choice, Reply
from bot.understanding.intents import Intent
from models.catalogue.fields import Field
from models.catalogue.masks import mask_tail
from models.catalogue.phone import Phone, parse_phone

SHOWN = (
    Field.NIK,
    Field.NAME,
    Field.BIRTH_PLACE,
    Field.BIRTH_DATE,
    Field.OCCUPATION,
    Field.DISTRICT,
    Field.REGENCY,
    Field.PHONE,
)
CHANGEABLE = (
    Field.NIK,
    Field.PHOTO,
    Field.NAME,
    Field.BIRTH_PLACE,
    Field.BIRTH_DATE,
    Field.SEX,
    Field.OCCUPATION,
    Field.REGENCY,
    Field.DISTRICT,
    Field.PHONE,
)
REJECTIONS = frozenset({"duplicate", "closed"})
REJECTED, SUBMIT = "rejected", "submit"
_CHANGES = ("edit", "ubah", "ganti", "perbaiki", "betulkan")
OP = "op"
"""Pending entry: what a result that is on its way answers to, or what was answered last."""

_REJECTED_CHOICES = (
    choice(SUMMARY, "change", "choice.change"),
    choice(SUMMARY, "human", "choice.human"),
    choice(SUMMARY, "send", "choice.send.again"),
)

_WORDS: dict[Field, tuple[str, ...]] = {
    Field.PHOTO: ("foto", "poto", "gambar"),
    Field.NIK: ("nik", "nomor ktp", "no ktp"),
    Field.BIRTH_PLACE: ("tempat lahir", "kota lahir"),
    Field.BIRTH_DATE: ("lahir", "tanggal", "tgl"),
    Field.SEX: ("kelamin", "jenis kelamin", "gender"),
    Field.NAME: ("nama",),
    Field.OCCUPATION: ("kerjaan", "pekerjaan", "profesi"),
    Field.DISTRICT: ("kecamatan", "kec"),
    Field.REGENCY: ("kabupaten/kota", "kabupaten", "kota", "kab", "tempat", "lokasi"),
    Field.PHONE: ("hp", "telepon", "telpon", "wa", "nomor", "handphone"),
}


def ask_summary(talk: Talk) -> tuple[Reply, ...]:
    """What will be sent: NIK masked, everything else as it stands."""
    params = {str(name): _worded(talk, name) for name in SHOWN}
    is_manual = talk.draft is not None and talk.draft.photo is PhotoState.MANUAL
    photo = "reg.summary.photo.manual" if is_manual else "reg.summary.photo.read"
    sex = talk.answer(Field.SEX)
    phrases = {"photo": photo, "sex": f"sex.{sex}" if sex in {"L", "P"} else "reg.summary.missing"}
    summary = Reply("reg.summary.ask", params=params, phrases=phrases, choices=_choices(talk))
    referrer = talk.draft.association if talk.draft else ""
    return (Reply("inv.summary", params={"association": referrer}), summary) if referrer else (summary,)


def answer_summary(talk: Talk, said: Said) -> Move:
    """It is sent, or one answer is chosen to be changed."""
    words = said.text.lower()
    if said.value == "human":
        return call(talk)
    if said.value == "change" or said.is_no or said.intent is Intent.CHANGE or words.startswith(_CHANGES):
        named = _named(words)
        return Move(STEP_OF[named], pending={CHANGE: "1"}) if named else Move(CHOOSE)
    if said.value == "send" or said.is_yes or words.startswith("kirim"):
        if step_for(talk) != SUMMARY:
            return Move(GO_ON, say=(Reply("reg.rejected.incomplete"),))
        return Move(SUMMARY, do=(Submit(),), pending={OP: SUBMIT}, ask=False)
    return unclear(talk)


def ask_choose(talk: Talk) -> tuple[Reply, ...]:
    """Which answer is to be changed."""
    names = talk.listed(ONLY) or CHANGEABLE
    choices = tuple(choice(CHOOSE, str(name), f"field.{name}") for name in names)
    return (Reply("reg.change.ask", choices=choices),)


def answer_choose(talk: Talk, said: Said) -> Move:
    """The question of that field is put, with the present answer to keep."""
    name = Field(said.value) if said.value in set(Field) else _named(said.text.lower())
    if name is None and (said.intent is Intent.NO or said.text.lower() in {"tidak ada", "tidak jadi"}):
        return Move(GO_ON)
    if name is None or name not in STEP_OF:
        return unclear(talk)
    return Move(STEP_OF[name], pending={CHANGE: "1"})


def hear_submitted(talk: Talk, result: Submitted) -> Move:
    """The number, in two groups that can be read out, and what happens next by whom."""
    key = "reg.submitted.again" if result.again else "reg.submitted"
    params = {"number": result.number, "agency": talk.agency.name}
    say = (Reply(key, params=params), Reply("reg.submitted.next", params=params), *left(talk))
    return Move(DONE, say=say, ask=False)


def hear_rejected(talk: Talk, result: Rejected) -> Move:
    """Why it could not be sent, whom to turn to; nothing of the draft is lost, and nothing is said of other people."""
    if result.code == "incomplete":
        return Move(GO_ON, say=(Reply("reg.rejected.incomplete"),))
    code = result.code if result.code in REJECTIONS else "other"
    params = {"contact": talk.agency.contact, "programme": talk.agency.programme}
    why = Reply(f"reg.rejected.{code}", params=params, choices=_REJECTED_CHOICES)
    return Move(SUMMARY, say=(why,), pending={OP: REJECTED}, ask=False)


def _choices(talk: Talk) -> tuple[Choice, ...]:
    """What the last message offered, so that a typed "1" means what was read."""
    if talk.pending.get(OP) == REJECTED:
        return _REJECTED_CHOICES
    return (choice(SUMMARY, "send", "choice.send"), choice(SUMMARY, "change", "choice.change"))


def _worded(talk: Talk, name: Field) -> str:
    value = talk.answer(name)
    if name is Field.NIK:
        return mask_tail(value)
    if name is Field.PHONE:
        found = parse_phone(value)
        return found.local if isinstance(found, Phone) else value
    return shown(name, name_of(name, value)) or "-"


def _named(words: str) -> Field | None:
    """The field that these words name, None when they name none."""
    return next((name for name, forms in _WORDS.items() if any(_is_named(form, words) for form in forms)), None)


def is_field(text: str) -> bool:
    """The text is the name of a field and nothing else."""
    plain = text.lower().strip(" .!")
    return any(plain in forms for forms in _WORDS.values())


def _is_named(form: str, words: str) -> bool:
    return form == words or (form in words if " " in form else form in words.split())
