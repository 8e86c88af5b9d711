"""The conversation as a document: its steps and the ways between them, asked of the code and never drawn by hand.

Refuses to know languages: how a choice is called comes from whoever prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.flow.conversation import Conversation
from bot.flow.registration.order import START
from bot.flow.steps import STEPS
from bot.flow.talk import Step, Talk
from bot.flow.walk.exploring import AGENCY, ASIDE, CHAT, NOW, Way, explore
from bot.messages import ChannelName, Choice

LABELS_MAX = 3
"""So many answers stand beside one arrow; of more, "…" tells."""
ANYWHERE = "question"

HEAD = """# The conversation

Printed by `payung diagram > docs/conversation.md` from the steps as the code goes them; a test fails while this page is out
of date. Nothing here is drawn by hand: a walk through `bot.flow.advance` tries every button and answer at every step.

## The way of a registration

“Kembali” goes one question back at any step, with the answer kept. A question that is answered already is left out.
"""
ASIDE_HEAD = """
## What may be said at every question

After these the open question is put again, with nothing lost. “Bantuan”, “status”, “data saya” and “berhenti” are answered
where the person stands.
"""


def write_page(called: Callable[[Choice], str], question: Callable[[str], str]) -> str:
    """The whole page.

    Args:
        called: the words on a choice.
        question: the text of a key, with its placeholders as they stand.
    """
    ways = explore()
    straight = [way for way in ways if not {way.source, way.target} & ASIDE and not _is_word(way)]
    aside = [Way(_folded(way.source), _folded(way.target), way.by) for way in ways if _is_aside(way)]
    parts = [
        HEAD,
        _diagram(straight, called, first=START),
        ASIDE_HEAD,
        _diagram([way for way in aside if way.source != way.target], called),
        "\n## The steps\n",
        _table(question),
    ]
    return "\n".join(parts) + "\n"


def _is_word(way: Way) -> bool:
    return isinstance(way.by, str) and way.by.startswith("“")


def _is_aside(way: Way) -> bool:
    """The way leads to a place beside the registration, further inside it, or back by an answer to its own question."""
    if way.source in ASIDE and way.target in ASIDE:
        return way.source.partition(".sure")[0] == way.target.partition(".sure")[0]
    return way.target in ASIDE or (way.source in ASIDE and not _is_word(way))


def _folded(step: str) -> str:
    """All questions of the registration are one place beside the confirmations."""
    return step if step in ASIDE or step == START else ANYWHERE


def _diagram(ways: Iterable[Way], called: Callable[[Choice], str], *, first: str = "") -> str:
    arrows: dict[tuple[str, str], list[str]] = {}
    for way in ways:
        words = way.by if isinstance(way.by, str) else f"[{called(way.by)}]"
        labels = arrows.setdefault((way.source, way.target), [])
        if words not in labels:
            labels.append(words)
    names = dict.fromkeys(name for pair in arrows for name in pair)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{name}" as {_id(name)}' for name in names]
    lines += [f"    [*] --> {_id(first)}"] if first else []
    lines += [f"    {_id(source)} --> {_id(target)}: {_joined(labels)}" for (source, target), labels in arrows.items()]
    return "\n".join([*lines, "```"])


def _id(name: str) -> str:
    return name.replace(".", "_")


def _joined(labels: Sequence[str]) -> str:
    shown = list(labels[:LABELS_MAX]) + (["…"] if len(labels) > LABELS_MAX else [])
    return " · ".join(label.replace(":", "") for label in shown)


def _table(question: Callable[[str], str]) -> str:
    rows = ["| step | question | takes a photo |", "|---|---|---|"]
    for step in STEPS.values():
        asked = " ".join(question(_asked(step)).split())
        rows.append(f"| `{step.name}` | {asked} | {'yes' if step.takes_photo else ''} |")
    return "\n".join(rows)


def _asked(step: Step) -> str:
    """Key of the step's question, put to somebody of whom nothing is known yet."""
    talk = Talk(Conversation(step.name, ChannelName.TELEGRAM, CHAT, AGENCY), NOW, step.name)
    return step.ask(talk)[-1].key
