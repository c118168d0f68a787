"""What somebody has typed so far, as a query."""

LONGEST = 60  # words: more say nothing new and cost time
LONGEST_WORD = 100  # characters: what is longer is no word
WORDS, CHARACTERS = 3, 12


def enough(title: str, body: str = "") -> bool:
    """True once there is enough to look for: three words or twelve characters."""
    words = f"{title} {body}".split()
    return len(words) >= WORDS or len(" ".join(words)) >= CHARACTERS


def query_text(title: str, body: str = "") -> tuple[str, str]:
    """The first `LONGEST` words of both, title first, each on one line, without what no database takes."""
    heads, rest = _words(title), _words(body)
    return " ".join(heads[:LONGEST]), " ".join(rest[: max(LONGEST - len(heads), 0)])


def _words(text: str) -> list[str]:
    usable = text.replace("\0", " ").encode("utf-8", "ignore").decode()  # half of a surrogate pair is no text
    return [word[:LONGEST_WORD] for word in usable.split()]
