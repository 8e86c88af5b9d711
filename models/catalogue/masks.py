"""How a number is shown to people: only its tail. Decides nothing about who may see more."""

DOT = "•"


def mask_tail(text: str, keep: int = 4) -> str:
    """All but the last `keep` characters have become dots; a text no longer than `keep` shows nothing.

    Args:
        text: The secret, as stored.
        keep: How many characters stay readable at the end.
    """
    if len(text) <= keep:
        return DOT * len(text)
    return DOT * (len(text) - keep) + text[-keep:]
