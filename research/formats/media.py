"""Recordings: what a media file is by its first bytes, and how long it plays where its head says so."""

import struct
from typing import BinaryIO, NamedTuple

HEAD = 64  # bytes that tell every kind apart
_BLOCK = 64 * 1024
_MOST_BOXES = 10_000


class Media(NamedTuple):
    """A kind of recording: its media type, its usual ending and what people call it."""

    media_type: str
    ending: str
    words: str

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")


MP4 = Media("video/mp4", "mp4", "an MP4 video")
M4A = Media("audio/mp4", "m4a", "an M4A recording")
MOV = Media("video/quicktime", "mov", "a QuickTime video")
WEBM = Media("video/webm", "webm", "a WebM video")
MKV = Media("video/x-matroska", "mkv", "a Matroska video")
OGG = Media("audio/ogg", "ogg", "an Ogg recording")
OGV = Media("video/ogg", "ogv", "an Ogg video")
MP3 = Media("audio/mpeg", "mp3", "an MP3 recording")
AAC = Media("audio/aac", "aac", "an AAC recording")
WAV = Media("audio/wav", "wav", "a WAV recording")
FLAC = Media("audio/flac", "flac", "a FLAC recording")
KINDS = (MP4, M4A, MOV, WEBM, MKV, OGG, OGV, MP3, AAC, WAV, FLAC)
ENDINGS = frozenset({kind.ending for kind in KINDS} | {"opus", "oga", "m4v", "weba"})
IN_WORDS = "MP4, M4A, MOV, WebM, MKV, MP3, Ogg, Opus, WAV or FLAC"


def sniff(head: bytes) -> Media | None:
    """The kind of recording that begins with `head` (at least HEAD bytes of it); None for anything else."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return M4A if brand in (b"M4A ", b"M4B ") else MOV if brand == b"qt  " else MP4
    if head[4:8] in (b"moov", b"mdat", b"wide"):  # QuickTime from before there was a brand
        return MOV
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:HEAD] else MKV
    if head.startswith(b"OggS"):
        return OGV if b"theora" in head[:HEAD] else OGG
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"fLaC"):
        return FLAC
    return MP3 if head.startswith(b"ID3") else _frames(head)


def _frames(head: bytes) -> Media | None:
    """MP3 and AAC without a head of their own begin with a frame: 11 or 12 bits of sync, then what it is."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0:
        return AAC if head[1] & 0xF6 == 0xF0 else None
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    return MP3 if version != 1 and bitrate not in (0, 15) and rate != 3 else None


def duration_ms(file: BinaryIO, media_type: str) -> int | None:
    """How long the recording plays, where its head or tail says so; None where it does not.

    Reads some kilobytes wherever in the file they are, never the whole of it.
    """
    readers = {
        WAV.media_type: _wav,
        FLAC.media_type: _flac,
        MP4.media_type: _mp4,
        M4A.media_type: _mp4,
        MOV.media_type: _mp4,
        OGG.media_type: _ogg,
    }
    reader = readers.get(media_type)
    if reader is None:
        return None
    try:
        found = reader(file)
    except (struct.error, ValueError, IndexError, OverflowError):
        return None  # cut short, or not what it claims to be: the browser will say what it can play
    return found if found and 0 < found < 2**31 else None


def _wav(file: BinaryIO) -> int | None:
    file.seek(12)
    rate = 0
    for _ in range(_MOST_BOXES):
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"fmt ":
            rate = struct.unpack("<8xI", file.read(12))[0]
            file.seek(size - 12 + size % 2, 1)
        elif name == b"data":
            return size * 1000 // rate if rate else None
        else:
            file.seek(size + size % 2, 1)
    return None


def _flac(file: BinaryIO) -> int | None:
    file.seek(8)
    info = file.read(34)
    rate = int.from_bytes(info[10:13]) >> 4
    samples = int.from_bytes(info[13:18]) & (1 << 36) - 1
    return samples * 1000 // rate if rate else None


def _mp4(file: BinaryIO) -> int | None:
    """The movie header's duration; `moov` may stand before the media or after them."""
    end = file.seek(0, 2)
    moov = _box(file, b"moov", 0, end)
    header = _box(file, b"mvhd", *moov) if moov else None
    if header is None:
        return None
    file.seek(header[0])
    version = file.read(4)[0]
    layout = ">16xIQ" if version == 1 else ">8xII"
    scale, units = struct.unpack(layout, file.read(struct.calcsize(layout)))
    return units * 1000 // scale if scale else None


def _box(file: BinaryIO, wanted: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first box of that name begins and ends."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return None
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8))[0], 16
        stop = end if size == 0 else start + size
        if stop <= start or stop > end:
            return None
        if name == wanted:
            return start + head, stop
        start = stop
    return None


def _ogg(file: BinaryIO) -> int | None:
    """The last page's position; Opus counts 48,000 a second, Vorbis as its head says."""
    head = file.read(_BLOCK)
    vorbis = head.find(b"\x01vorbis")
    if b"OpusHead" in head:
        rate = 48_000
    elif vorbis >= 0:
        rate = struct.unpack_from("<I", head, vorbis + 12)[0]
    else:
        return None
    end = file.seek(0, 2)
    file.seek(max(0, end - _BLOCK))
    tail = file.read()
    last = tail.rfind(b"OggS")
    position = struct.unpack_from("<q", tail, last + 6)[0] if last >= 0 else -1
    return position * 1000 // rate if rate and position > 0 else None
