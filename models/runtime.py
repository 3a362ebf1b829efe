"""The model on ONNX Runtime: windows in; sentences, their logits and their embeddings out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError, ReaderUnavailableError
from models.windows import SPECIAL, Window, batch_of, load_tokenizer, special_tokens

Array = npt.NDArray[np.float32]
OUTPUTS = ("logits", "embedding", "segments")
# Small batches of like length stay in the cache and pad little: measured, 512 tokens beat 2,048 by a sixth.
TOKENS_A_BATCH = 512
# A batch of at least this many tokens is closed before a window that is much shorter would be padded into it.
LEAST_TOKENS = 128
ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the model made of one window.

    Parameters
    ----------
    logits
        (n_sentences, n_labels).
    embedding
        (n_sentences, d), of unit length.
    segments
        (n_tokens,) the sentence of each of the window's tokens, rising from 0; -1 for those outside of any.
    """

    logits: Array
    embedding: Array
    segments: npt.NDArray[np.int64]


class Runtime:
    """One ONNX Runtime session with its tokenizer.

    Parameters
    ----------
    folder
        With ``model.onnx`` and ``tokenizer.json``.
    threads
        Batches that are encoded at once; None uses every core.

    Raises
    ------
    ArtifactError
        If the files cannot be loaded.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        # One thread a batch and a batch a core: no thread waits for another inside an operator.
        options.intra_op_num_threads = 1
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="encode")
        options.log_severity_level = 3
        # The arena keeps the largest batch it ever saw; batches are bounded, so memory is too.
        options.enable_cpu_mem_arena = True
        try:
            # The fused skip-and-norm operator is three times slower here than its two parts.
            self._session = ort.InferenceSession(
                str(folder / "model.onnx"),
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=["SkipLayerNormFusion"],
            )
            self.tokenizer = load_tokenizer(str(folder / "tokenizer.json"))
        except Exception as problem:
            # Both libraries raise plain Exception or classes of their own for a file they cannot read.
            raise ArtifactError(f"the model in {folder} cannot be loaded: {str(problem)[:200]}") from problem
        self._special = special_tokens(self.tokenizer)
        outputs = [output.name for output in self._session.get_outputs()]
        if set(outputs) != set(OUTPUTS):
            raise ArtifactError(
                f"the model in {folder} has outputs {', '.join(sorted(outputs))}, not {', '.join(OUTPUTS)}; "
                "it was made for another version of Heedful: train or fetch the model again"
            )

    def run(self, windows: Sequence[Window]) -> list[Encoded]:
        """Encode windows of one or many records, and return what came of each, in order.

        Raises
        ------
        ReaderUnavailableError
            If the model's output is not finite.
        """
        found: dict[int, Encoded] = {}
        batches = list(_batches(windows))
        for places, encoded in zip(batches, self._pool.map(lambda b: self._encode(windows, b), batches), strict=True):
            found |= zip(places, encoded, strict=True)
        return [found[place] for place in range(len(windows))]

    def _encode(self, windows: Sequence[Window], places: Sequence[int]) -> list[Encoded]:
        batch = batch_of([windows[place] for place in places], self._special)
        logits, embedding, segments = self._session.run(OUTPUTS, batch.feed())
        if not (np.isfinite(logits).all() and np.isfinite(embedding).all()):
            raise ReaderUnavailableError("the model gave numbers that are not finite; nothing was read")
        embedding /= np.maximum(np.linalg.norm(embedding, axis=-1, keepdims=True), 1e-9)
        counts = (segments.max(axis=1) + 1).tolist()
        return [
            Encoded(logits[row, :count], embedding[row, :count], segments[row, 1 : 1 + len(windows[place].tokens)])
            for row, (place, count) in enumerate(zip(places, counts, strict=True))
        ]


def _batches(windows: Sequence[Window]) -> Iterable[list[int]]:
    """Yield the places of windows of like length together, within a budget of padded tokens, the longest first."""
    batch: list[int] = []
    widths = [len(window.tokens) + SPECIAL for window in windows]
    for place in sorted(range(len(windows)), key=lambda place: -widths[place]):
        if batch:
            widest, width = widths[batch[0]], widths[place]
            full = (len(batch) + 1) * widest > TOKENS_A_BATCH
            if full or (width < ALIKE * widest and len(batch) * widest >= LEAST_TOKENS):
                yield batch
                batch = []
        batch.append(place)
    if batch:
        yield batch
