"""The model on ONNX Runtime: windows in, logits and embeddings of every sentence out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError, ReaderUnavailableError
from models.windows import SPECIAL, Batch, Window, batch_of, load_tokenizer, special_tokens

Array = npt.NDArray[np.float32]
# Small batches of like length stay in the cache and pad little: measured, 512 tokens beat 2,048 by a sixth.
TOKENS_A_BATCH = 512
# A batch of at least this many tokens is closed before a window that is much shorter would be padded into it.
LEAST_TOKENS = 128
ALIKE = 0.85


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
        self._begin, self._end, self._pad = special_tokens(self.tokenizer)
        shapes = {output.name: output.shape for output in self._session.get_outputs()}
        if set(shapes) != {"logits", "embedding"}:
            raise ArtifactError(f"the model in {folder} has outputs {sorted(shapes)}, not logits and embedding")

    def run(self, windows: Sequence[Window], sentences: int, labels: int) -> tuple[Array, Array]:
        """Encode windows.

        Parameters
        ----------
        windows
            Of one or many records.
        sentences, labels
            How many rows and columns the result has.

        Returns
        -------
        tuple[Array, Array]
            Logits (sentences, labels) and embeddings (sentences, d), of unit length.

        Raises
        ------
        ReaderUnavailableError
            If the model's output is not finite.
        """
        logits = np.zeros((sentences, labels), np.float32)
        embedding: Array | None = None
        for batch, found, means in self._pool.map(self._encode, _batches(windows)):
            if embedding is None:
                embedding = np.zeros((sentences, means.shape[-1]), np.float32)
            logits[batch.rows] = found[batch.windows, batch.slots]
            embedding[batch.rows] = means[batch.windows, batch.slots]
        if embedding is None:
            return logits, np.zeros((sentences, 0), np.float32)
        if not (np.isfinite(logits).all() and np.isfinite(embedding).all()):
            raise ReaderUnavailableError("the model gave numbers that are not finite; nothing was read")
        return logits, embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-9)

    def _encode(self, windows: Sequence[Window]) -> tuple[Batch, Array, Array]:
        batch = batch_of(windows, self._begin, self._end, self._pad)
        feed = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "pool": batch.pool}
        logits, means = self._session.run(["logits", "embedding"], feed)
        return batch, logits, means


def _batches(windows: Sequence[Window]) -> Iterable[list[Window]]:
    """Yield windows of like length together, within a budget of padded tokens, the longest first."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda window: -len(window.tokens)):
        if batch:
            widest, width = (len(one.tokens) + SPECIAL for one in (batch[0], window))
            full = (len(batch) + 1) * widest > TOKENS_A_BATCH
            if full or (width < ALIKE * widest and len(batch) * widest >= LEAST_TOKENS):
                yield batch
                batch = []
        batch.append(window)
    if batch:
        yield batch
