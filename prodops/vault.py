"""Secrets of other systems, kept so that a dump of the database tells nothing of them."""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """It was sealed with another SECRET_KEY than those known here."""


def seal(text: str) -> bytes:
    """`text` encrypted and signed by a key that is made of SECRET_KEY."""
    return _keys().encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """What was sealed, with SECRET_KEY or one of SECRET_KEY_FALLBACKS. Raises `Unreadable`."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise Unreadable("It was kept under another SECRET_KEY. Write it again.") from error


def _keys():
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret):
    # Not the bare secret: what signs sessions is not what encrypts.
    return Fernet(base64.urlsafe_b64encode(sha256(b"prodops.vault:" + secret.encode()).digest()))
