"""The first minutes: who is speaking, for whom, and whether the person agrees.

Nothing is asked of a person, and no draft exists, before consent. Knows nothing of what comes after it.
"""

from __future__ import annotations

from bot.flow.handover import call
from bot.flow.operations.worker import GiveConsent, ListApplications
from bot.flow.registration.order import CONSENT, DONE, WHOM
from bot.flow.rights.words import Word, read_exact
from bot.flow.talk import GO_ON, NO, YES, Move, Said, Talk, again, choice, unclear
from bot.messages import Reply
from bot.understanding.intents import Intent

FOR_OTHER = "for_other"
_REGISTER = ("daftar", "mendaftar", "mau daftar", "ingin daftar", "saya mau daftar", "daftar lagi", "ikut")


def greeting(talk: Talk) -> tuple[Reply, ...]:
    """Who runs this, that it is free, and that nobody asks for PIN, OTP or money; in the demo, that it is a test."""
    agency = talk.agency
    about = {"agency": agency.name, "programme": agency.programme, "decree": agency.decree, "contact": agency.contact}
    hello = Reply("reg.greet", params=about)
    return (hello, Reply("reg.greet.test")) if agency.test else (hello,)


def notice(talk: Talk) -> Reply:
    """The first half of the privacy notice: who uses which data, for what, and on which ground.

    Source: UU 27/2022 art. 21 (legality, purpose, data, retention, recipients, period, rights), art. 22 (plain language).
    """
    return Reply("reg.consent.notice", params={"agency": talk.agency.name, "decree": talk.agency.decree})


def ask_start(talk: Talk) -> tuple[Reply, ...]:
    """Greeting and consent; after these the talk stands at the consent (see `bot.flow.advance`)."""
    return (*greeting(talk), notice(talk), *ask_consent(talk))


def answer_start(talk: Talk, _said: Said) -> Move:
    """Whatever the first message is, it is greeted."""
    return again(talk)


def ask_consent(talk: Talk) -> tuple[Reply, ...]:
    """The second half of the notice: recipients, retention, rights, version; and the question."""
    about = {"retention": talk.agency.retention, "version": talk.agency.privacy_version}
    key = "reg.consent.ask.other" if talk.pending.get(FOR_OTHER) else "reg.consent.ask"
    choices = (choice(CONSENT, YES, "choice.agree"), choice(CONSENT, NO, "choice.no"))
    return (Reply(key, params=about, choices=choices),)


def answer_consent(talk: Talk, said: Said) -> Move:
    """A clear yes opens a draft; a no is respected, and the way back stays open."""
    if said.is_yes:
        consent = GiveConsent(talk.agency.privacy_version, for_other=bool(talk.pending.get(FOR_OTHER)))
        return Move(GO_ON, do=(consent,), say=(Reply("reg.consent.thanks"),))
    if said.is_no or said.intent is Intent.CANCEL or read_exact(said.text) in {Word.OBJECT, Word.UNCONSENT}:
        later = Reply(
            "reg.consent.no",
            params={"contact": talk.agency.contact},
            choices=(choice(CONSENT, YES, "choice.agree.after"),),
        )
        return again(talk, later, ask=False)
    return unclear(talk)


def ask_whom(_talk: Talk) -> tuple[Reply, ...]:
    """Oneself or somebody else, for a person who has applied before."""
    choices = (
        choice(WHOM, "self", "choice.self"),
        choice(WHOM, "other", "choice.other"),
        choice(WHOM, "status", "choice.status"),
    )
    return (Reply("reg.whom.ask", choices=choices),)


def answer_whom(talk: Talk, said: Said) -> Move:
    """For whom is known, and the privacy notice follows."""
    words = said.text.lower()
    if said.value == "status":
        return Move(talk.step, do=(ListApplications(),), ask=False)
    if said.value == "other" or "orang lain" in words or "orang" in words.split():
        return Move(CONSENT, pending={FOR_OTHER: "1"}, say=(notice(talk),))
    if said.value == "self" or "sendiri" in words or words in {"saya", "aku"}:
        return Move(CONSENT, say=(notice(talk),))
    return unclear(talk)


def ask_done(_talk: Talk) -> tuple[Reply, ...]:
    """What can be done while nothing is being filled in."""
    choices = (
        choice(DONE, "status", "choice.status"),
        choice(DONE, "new", "choice.new"),
        choice(DONE, "human", "choice.human"),
    )
    return (Reply("reg.done.ask", choices=choices),)


def answer_done(talk: Talk, said: Said) -> Move:
    """One of the three ways is taken; anything else is answered with them."""
    if said.value == "status":
        return Move(talk.step, do=(ListApplications(),), ask=False)
    if said.value == "new" or said.text.lower().startswith(_REGISTER):
        return Move(WHOM)
    if said.value == "human":
        return call(talk)
    return again(talk)
