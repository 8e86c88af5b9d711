"""The small catalogue that finds a text by key and language, and fills its placeholders.

Texts stand in gettext files, one folder a language, one file a subject: `locales/id/registration.po`; answers to questions
in `locales/id/questions.toml`, filled with the figures of their day. A missing key falls back to Indonesian; a key missing
there is a bug (`MissingText`), found by the tests before a person finds it.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from babel.messages.pofile import read_po

from locales.questions import answer_texts, figures_for

DEFAULT_LANGUAGE = "id"


class MissingText(KeyError):
    """No text has this key in the default language, or a placeholder of the text was not given."""


class Texts:
    """All texts of the house.

    Attributes:
        by_language: language code → key → text with `{placeholders}`.
    """

    def __init__(self, by_language: Mapping[str, Mapping[str, str]]) -> None:
        self.by_language = by_language

    @classmethod
    def load(cls) -> Texts:
        """The texts that ship with the package.

        Raises:
            ValueError: one key stands in two files of a language.
        """
        folder = resources.files("locales")
        return cls({entry.name: dict(_read_language(entry)) for entry in folder.iterdir() if _is_language(entry)})

    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are, the default first."""
        return (DEFAULT_LANGUAGE, *sorted(set(self.by_language) - {DEFAULT_LANGUAGE}))

    def has(self, key: str) -> bool:
        """Whether the default language has the key."""
        return key in self.by_language[DEFAULT_LANGUAGE]

    def text(self, key: str, language: str = DEFAULT_LANGUAGE, params: Mapping[str, str] | None = None) -> str:
        """The text, filled.

        Raises:
            MissingText: nobody wrote it, or it wants a placeholder that `params` lacks.
        """
        spoken = language if self.by_language.get(language, {}).get(key) else DEFAULT_LANGUAGE
        template = self.by_language[spoken].get(key)
        if template is None:
            raise MissingText(key)
        given = params or {}
        try:
            return template.format_map({**figures_for(key, spoken, given), **given})
        except KeyError as error:
            raise MissingText(f"{key}: placeholder {error}") from error

    def placeholders(self, key: str, language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
        """The names a text wants filled."""
        template = self.by_language[language][key]
        return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _is_language(entry: Traversable) -> bool:
    return entry.is_dir() and not entry.name.startswith("_")


def _read_language(folder: Traversable) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for key, text in answer_texts(folder):
        seen.add(key)
        yield key, text
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".po"):
            continue
        with entry.open("rb") as file:
            catalogue = read_po(file, locale=folder.name)
        for message in catalogue:
            if message.id and message.string:
                key, text = str(message.id), str(message.string)
                if key in seen:
                    raise ValueError(f"{key} stands twice in language {folder.name}")
                seen.add(key)
                yield key, text
