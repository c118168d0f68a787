"""Tiny recordings to test with."""

import io
import math
import wave


def wav(seconds=1.0, rate=8000):
    """A sine of one channel and 8 bits."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        frames = range(round(seconds * rate))
        file.writeframes(bytes(round(128 + 40 * math.sin(n * 2 * math.pi * 220 / rate)) for n in frames))
    return data.getvalue()
