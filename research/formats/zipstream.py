"""A ZIP file as a stream: parts are packed as they come, and no more than one piece is in memory."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast

_PIECE = 64 * 1024
DAWN = (1980, 1, 1, 0, 0, 0)  # every part has this date, so that the same content gives the same bytes


class _Sink:
    """What a ZIP is written to; it cannot be wound back, so sizes come behind the parts."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


type Part = tuple[str, Iterable[bytes]]


def stream(parts: Iterable[Part]) -> Iterator[bytes]:
    """The bytes of a ZIP file with these parts: (name, its bytes piece by piece)."""
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in parts:
            info = zipfile.ZipInfo(name, DAWN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w") as part:
                for piece in gathered(pieces):
                    part.write(piece)
                    if data := sink.taken():
                        yield data
    yield sink.taken()


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces worth packing."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
