"""One text typed anew, cut where somebody else has cut the old one meanwhile."""

from collections.abc import Sequence
from itertools import pairwise

from .aligning import How, align, tokens


def recut(texts: Sequence[str], typed: str) -> list[str]:
    """`typed` in as many pieces as `texts`, each beginning with what was made of the first words of its text.

    Every word of `typed` is in exactly one piece; a piece may be empty. A proposal for a person to look at.
    """
    before, after = tokens(texts), tokens([typed])
    found = align([token.text for token in before], [token.text for token in after])
    cuts, least = [0], 0
    for number in range(1, len(texts)):
        first = next((at for at, token in enumerate(before) if token.at >= number), len(before))
        known = range(first, len(before)), range(first - 1, -1, -1)
        ahead = next((found.to[at] for at in known[0] if found.how[at] is not How.GONE), len(after))
        if first < len(before) and found.how[first] is How.GONE:
            # Its first word is gone: what follows the last word of the text before it may be its own
            behind = next((found.to[at] + 1 for at in known[1] if found.how[at] is not How.GONE), 0)
            while behind < ahead and not after[behind].text[0].isalnum():
                behind += 1  # a sign belongs to the words before it
            ahead = behind
        least = max(least, after[ahead].start if ahead < len(after) else len(typed))
        cuts.append(least)
    cuts.append(len(typed))
    return [typed[at:to].strip() for at, to in pairwise(cuts)]
