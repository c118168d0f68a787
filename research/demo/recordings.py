"""Placeholder recordings of a few demo sessions: a low tone at each turn, silence between.

FLAC keeps silence in a dozen bytes a second, so that an hour takes some kilobytes and is made at once.
"""

import hashlib

from prodops import activity
from research.models import Keeping, Recording, RecordingState
from research.services import media_store, retention

RATE = 8_000
BLOCK = 4_000  # samples of a frame of silence: half a second
HALF_WAVE = 20  # samples: a square wave of 200 Hz
BEEP_MS = 300
SESSIONS = (
    "onboarding-friction/s01",
    "onboarding-friction/s02",
    "import-errors-usability/s01",
    "churn-and-renewal-calls/s01",
)


def _table(polynomial, bits):
    top, mask, rows = 1 << (bits - 1), (1 << bits) - 1, []
    for value in range(256):
        value <<= bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        rows.append(value)
    return rows


_CRC8, _CRC16 = _table(0x07, 8), _table(0x8005, 16)


def _crc8(data):
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


def _crc16(data):
    crc = 0
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _CRC16[crc >> 8 ^ byte]
    return crc


def _number(value):
    """A frame's first sample, coded as UTF-8 codes a character but up to 36 bits."""
    if value < 0x80:
        return bytes([value])
    tail = []
    room = 0x3F
    while value > room:
        tail.append(0x80 | value & 0x3F)
        value >>= 6
        room >>= 1
    lead = 0xFE & ~((room << 1) | 1) if room else 0xFE
    return bytes([lead & 0xFF | value, *reversed(tail)])


def _frame(first, samples, level):
    """`samples` samples of one level (8 bits, one channel), the frame that begins with sample `first`."""
    head = b"\xff\xf9" + bytes([0b0111_0100, 0b0000_0010])  # 16-bit block size, 8 kHz; mono, 8 bits
    head += _number(first) + (samples - 1).to_bytes(2)
    head += bytes([_crc8(head)])
    body = head + bytes([0, level & 0xFF])  # a subframe that is constant
    return body + _crc16(body).to_bytes(2)


def placeholder(starts_ms, length_ms):
    """A FLAC file of that length that beeps for a moment at each of `starts_ms`."""
    total = length_ms * RATE // 1000
    beep = BEEP_MS * RATE // 1000
    beeps = sorted({start * RATE // 1000 for start in starts_ms})
    frames, at = [], 0
    for start in [*beeps, total]:
        while at < min(start, total):
            size = min(BLOCK, min(start, total) - at)
            frames.append(_frame(at, size, 0))
            at += size
        level = 6
        while start < total and at < min(start + beep, total):
            size = min(HALF_WAVE, total - at)
            frames.append(_frame(at, size, level))
            at, level = at + size, -level
    info = (16).to_bytes(2) + BLOCK.to_bytes(2) + bytes(6)
    info += (RATE << 44 | 0 << 41 | 7 << 36 | total).to_bytes(8) + bytes(16)
    return b"fLaC\x80" + len(info).to_bytes(3) + info + b"".join(frames)


def build(world):
    """Recordings of a few sessions, and the rule by which they go one day."""
    for key in SESSIONS:
        session = world.sessions[key]
        starts = session.cues.filter(start_ms__isnull=False).values_list("start_ms", flat=True)
        length = (session.duration_ms or 60_000) + 2_000
        data = placeholder(list(starts), length)
        name = media_store.new_name()
        path = media_store.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        row = Recording.objects.create(
            session=session,
            file=name,
            name="Placeholder tone, not a voice.flac",
            media_type="audio/flac",
            size=len(data),
            received=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            duration_ms=length,
            state=RecordingState.READY,
            created_by=session.created_by,
            created_at=session.created_at,
            touched_at=session.created_at,
        )
        said = {"recording": row.pk, "name": row.name}
        activity.record("recording.added", on=session, by=row.created_by, at=row.created_at, data=said)
    retention.set_rule(None, keeping=Keeping.DELETE, days=730, by=world.people["tomas"], at=world.moment(200))
