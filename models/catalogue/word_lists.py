"""Word lists as plain text: easier to read and to add to than Python literals. Knows nothing of what the words mean."""


def bag(words: str) -> frozenset[str]:
    """The words of the text, each once."""
    return frozenset(words.split())


def listing(words: str) -> tuple[str, ...]:
    """The words of the text in their order."""
    return tuple(words.split())


def spread(block: str) -> dict[str, str]:
    """Variant -> canonical, for lines of the form "canonical: variant variant ..."; a canonical may have several lines.

    Args:
        block: One group a line; the canonical form may be several words.
    """
    found: dict[str, str] = {}
    for line in block.strip().splitlines():
        canonical, _, variants = line.partition(":")
        found |= dict.fromkeys(variants.split(), canonical.strip())
    return found
