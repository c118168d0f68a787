"""What somebody has typed so far, as a query."""

LONGEST = 60  # words: more say nothing new and cost time
WORDS, CHARACTERS = 3, 12


def enough(title: str, body: str = "") -> bool:
    """True once there is enough to look for: three words or twelve characters."""
    words = f"{title} {body}".split()
    return len(words) >= WORDS or len(" ".join(words)) >= CHARACTERS


def query_text(title: str, body: str = "") -> str:
    """The first `LONGEST` words of title and body, on one line, without NUL."""
    return " ".join(f"{title} {body}".replace("\0", " ").split()[:LONGEST])
