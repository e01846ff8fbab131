"""The weights of a checkpoint: one .safetensors file or several with an index, all there and unharmed at first sight.

Headers and sizes say whether a file was cut off; a few looks into the data say whether an aborted download left zeros.
Changed bits are found by hashes alone, see `engine.setup.importing.check_model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from engine.engine_errors import ModelDamaged, ModelIncomplete
from engine.setup.checkpoint_files import (
    CODED_WEIGHTS,
    HEAD_BYTES,
    INDEX,
    MAX_SHARDS,
    WEIGHTS,
    FoundFile,
    Shelf,
    is_weights,
    open_file,
    read_at,
    read_whole,
    refuse_stand_in,
)
from engine.setup.safetensors import (
    LENGTH_BYTES,
    Header,
    HeaderError,
    Tensor,
    check_length,
    header_length,
    parse_header,
)
from engine.setup.untrusted_json import Table, parse_json

SAMPLES = 64
SAMPLE_BYTES = 4096
LARGE_TENSOR_BYTES = 16 * SAMPLE_BYTES
"""In the middle of a tensor of this size no trained model has a whole sample of zeros."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The files with the weights, the index first where there is one, and their tensors by name."""

    files: tuple[FoundFile, ...]
    tensors: Mapping[str, Tensor]
    shards: int

    @property
    def bytes(self) -> int:
        """How many bytes the tensors have together, which is what the engine loads."""
        return sum(tensor.bytes for tensor in self.tensors.values())


def find_weights(shelf: Shelf) -> Weights:
    """Find and check the weights on a shelf.

    Raises:
        ModelIncomplete: Files are missing, or only stand in for the true ones.
        ModelDamaged: One is cut off, overlong, filled with zeros, or says other things than the index.
    """
    index = shelf.find(INDEX)
    if index is None or (shelf.find(WEIGHTS) is not None and not _all_there(shelf, index)):
        return _single(shelf)
    placed, total = _read_index(index)
    files, tensors = [index], dict[str, Tensor]()
    for name in sorted(set(placed.values())):
        file = shelf.need(name)
        found = {tensor.name: tensor for tensor in check_weights(file).tensors}
        missing = sum(1 for tensor, place in placed.items() if place == name and tensor not in found)
        if missing:
            raise ModelDamaged(file.name, detail=f"{missing} tensors that the index promises are not in it")
        tensors |= found
        files.append(file)
    weights = Weights(tuple(files), tensors, len(files) - 1)
    _check_total(index, weights, total)
    return weights


def check_weights(file: FoundFile) -> Header:
    """Return the header of a file, after seeing that its length and its kind are right.

    Raises:
        ModelIncomplete: A pointer to the file stands in its place.
        ModelDamaged: It is cut off, overlong, filled with zeros, or something else.
    """
    with open_file(file) as stream:
        head = read_at(stream, 0, HEAD_BYTES, file.path)
        refuse_stand_in(file.name, head)
        try:
            length = header_length(head)
            header = parse_header(read_at(stream, 0, LENGTH_BYTES + length, file.path))
            check_length(header, file.bytes)
        except HeaderError as problem:
            raise ModelDamaged(file.name, detail=str(problem)) from problem
        if _has_zeros(stream, file, header):
            raise ModelDamaged(file.name, detail="parts of it are filled with zeros; its download was not finished")
    return header


def _single(shelf: Shelf) -> Weights:
    if shelf.find(WEIGHTS) is None and any(name.endswith(CODED_WEIGHTS) for name in shelf.names()):
        raise ModelIncomplete(
            shelf.prefix + WEIGHTS, detail="the weights are there only in a form that can carry code (.bin, .pt)"
        )
    file = shelf.need(WEIGHTS)
    return Weights((file,), {tensor.name: tensor for tensor in check_weights(file).tensors}, 1)


def _all_there(shelf: Shelf, index: FoundFile) -> bool:
    placed, _ = _read_index(index)
    return all(shelf.find(name) is not None for name in set(placed.values()))


def _read_index(index: FoundFile) -> tuple[dict[str, str], int | None]:
    """Return which tensor the index puts into which file, and how many bytes they have together."""
    table = Table.of(parse_json(read_whole(index), index.name), index.name)
    placed = table.table("weight_map").raw
    if not placed or not all(isinstance(name, str) and is_weights(name) for name in placed.values()):
        raise ModelDamaged(index.name, detail="it does not say where the weights are")
    if len(set(placed.values())) > MAX_SHARDS:
        raise ModelDamaged(index.name, detail="it names too many files")
    return placed, table.table("metadata").whole("total_size", least=0, most=1 << 50)


def _check_total(index: FoundFile, weights: Weights, total: int | None) -> None:
    """Refuse weights that are fewer than the index says; a tied word list may be counted twice in it."""
    largest = max((tensor.bytes for tensor in weights.tensors.values()), default=0)
    if total is not None and weights.bytes + largest < total:
        missing = total - weights.bytes
        raise ModelDamaged(index.name, detail=f"{missing:,} bytes of weights that it counts are not there")


def _has_zeros(stream: BinaryIO, file: FoundFile, header: Header) -> bool:
    """Tell whether two neighbours among the samples are zeros: one alone may be a tensor that is meant so."""
    large = [tensor for tensor in header.tensors if tensor.bytes >= LARGE_TENSOR_BYTES]
    step = max(1, len(large) // SAMPLES)
    before = False
    for tensor in large[::step]:
        middle = header.data_start + tensor.begin + tensor.bytes // 2
        sample = read_at(stream, middle, SAMPLE_BYTES, file.path)
        empty = not sample.strip(b"\0")
        if empty and before:
            return True
        before = empty
    return False
