"""The model on ONNX Runtime: windows in, logits and embeddings of every sentence out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError, ReaderUnavailableError
from models.windows import SPECIAL, Batch, Window, batch_of, load_tokenizer, special_tokens

Array = npt.NDArray[np.float32]
TOKENS_A_BATCH = 2_048
WINDOWS_A_BATCH = 64


class Runtime:
    """One ONNX Runtime session with its tokenizer.

    Parameters
    ----------
    folder
        With ``model.onnx`` and ``tokenizer.json``.
    threads
        For one operator; None uses every core.

    Raises
    ------
    ArtifactError
        If the files cannot be loaded.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or 0
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
        for some in _batches(windows):
            batch = batch_of(some, self._begin, self._end, self._pad)
            found, means = self._encode(batch)
            if embedding is None:
                embedding = np.zeros((sentences, means.shape[-1]), np.float32)
            logits[batch.rows] = found[batch.windows, batch.slots]
            embedding[batch.rows] = means[batch.windows, batch.slots]
        if embedding is None:
            return logits, np.zeros((sentences, 0), np.float32)
        if not (np.isfinite(logits).all() and np.isfinite(embedding).all()):
            raise ReaderUnavailableError("the model gave numbers that are not finite; nothing was read")
        return logits, embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-9)

    def _encode(self, batch: Batch) -> tuple[Array, Array]:
        feed = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "pool": batch.pool}
        logits, means = self._session.run(["logits", "embedding"], feed)
        return logits, means


def _batches(windows: Sequence[Window]) -> Iterable[list[Window]]:
    """Yield windows of like length together, within a budget of padded tokens."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda window: len(window.tokens)):
        width = len(window.tokens) + SPECIAL
        if batch and (len(batch) >= WINDOWS_A_BATCH or (len(batch) + 1) * width > TOKENS_A_BATCH):
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
