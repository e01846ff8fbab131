"""Failures that come from the model's files: damaged, missing, or of a kind that this vLLM does not know."""

from __future__ import annotations

import re

from engine.engine_errors import ModelIncomplete, WeightsDamaged, WrongArchitecture
from engine.errors import DiglotError
from engine.server.cause_rule import SET_UP, Rank, Reads, Rule, always, last_part, quoting, rule


def _missing(match: re.Match[str]) -> DiglotError:
    return ModelIncomplete(detail=f"{last_part(match['name'])} is missing", remedy=SET_UP)


def _unreadable(match: re.Match[str]) -> DiglotError:
    return WeightsDamaged(detail=f"{last_part(match['name'])} is not what it should be", remedy=SET_UP)


_UNKNOWN = quoting(WrongArchitecture, remedy=SET_UP, most=80)
_DAMAGED = quoting(WeightsDamaged, remedy=SET_UP)

MODEL_RULES: tuple[Rule, ...] = (
    # A kind of model that this version does not know
    rule(
        "does not recognize this architecture",
        _UNKNOWN,
        r"model type [`'](?P<name>[^`']{1,80})[`'] but Transformers does not recognize this architecture",
    ),
    rule(
        "are not supported for now",
        _UNKNOWN,
        r"Model architectures (?P<name>\[[^\]]{0,200}\]) are not supported for now",
    ),
    rule(
        "was supported in vLLM until", _UNKNOWN, r"Model architecture (?P<name>\S{1,100}) was supported in vLLM until"
    ),
    rule("not supported in-tree", _UNKNOWN, r"Model architecture (?P<name>\S{1,100}) is not supported in-tree"),
    rule("is not compatible with vLLM", _UNKNOWN, r"implementation of (?P<name>\S{1,100}) is not compatible with vLLM"),
    rule("multimodal RoPE channels", _UNKNOWN, r"Expected \d{1,2} multimodal RoPE channels"),
    rule("no module or parameter named", _UNKNOWN, r"no module or parameter named (?P<name>\S{1,120})"),
    rule(
        "not found in the forward method of",
        _UNKNOWN,
        r"not found in the forward method of <class '(?P<name>[^']{1,160})",
    ),
    rule("_get_num_multimodal_tokens", _UNKNOWN, r"has no attribute '(?P<name>_get_num_multimodal_tokens)'"),
    rule("Unrecognized model in", always(WrongArchitecture, remedy=SET_UP)),
    rule(
        "failed to be inspected",
        _UNKNOWN,
        r"Model architectures (?P<name>\[[^\]]{0,200}\]) failed to be inspected",
        rank=Rank.CONSEQUENCE,
    ),
    # Damaged files
    rule(
        "SafetensorError",
        _DAMAGED,
        r"\bSafetensorError: (?!No such file|[^\n]{0,200}\(os error)(?:Error while deserializing header: )?"
        r"(?P<name>[^\n]{1,160})",
    ),
    rule("size mismatch for", _DAMAGED, r"size mismatch for (?P<name>[\w.]{1,160})"),
    rule(
        "load weight (torch",
        always(WeightsDamaged, "a weight is of another size", SET_UP),
        r"load weight \(torch",
    ),
    rule("not initialized from checkpoint", _DAMAGED, r"not initialized from checkpoint: (?P<name>[^\n]{1,160})"),
    rule("PytorchStreamReader", _DAMAGED, r"PytorchStreamReader failed [^\n]{1,80}"),
    rule(
        "is not a valid JSON file",
        _unreadable,
        r"file at '(?P<name>[^']{1,1000})' is not a valid JSON file",
    ),
    rule(
        "safetensors",
        always(WeightsDamaged, "the head of a .safetensors file", SET_UP),
        r", in (?:parse_safetensors_file_metadata|_read_safetensors_metadata_in_dir)$",
        rank=Rank.CONSEQUENCE,
        reads=Reads.FRAMES,
    ),
    rule(
        "default_loader.py",
        always(WeightsDamaged, "they do not fit the model", SET_UP),
        r"/default_loader\.py\", line \d{1,6}, in load_weights$",
        rank=Rank.CONSEQUENCE,
        reads=Reads.FRAMES,
    ),
    # Missing files
    rule("Cannot find any model weights", always(ModelIncomplete, "there are no weights in its folder", SET_UP)),
    rule(
        "No such file or directory",
        _missing,
        r"No such file or directory: ['\"]?(?P<name>[^'\"\n]{1,1000}\.(?:safetensors|json|jinja))",
        rank=Rank.BROAD,
    ),
    rule(
        "does not appear to have a file named",
        _missing,
        r"does not appear to have a file named (?P<name>[\w.-]{1,120}\w)",
        rank=Rank.BROAD,
    ),
    rule("Repo id must be in the form", _missing, r"Repo id must be in the form [^:]{1,80}: '(?P<name>[^']{1,1000})'"),
    rule(
        "local directory specified: ",
        _missing,
        r"local directory specified: '(?P<name>[^']{1,1000})'",
        rank=Rank.CONSEQUENCE,
    ),
    rule(
        "tokenizer",
        always(ModelIncomplete, "its tokenizer is missing", SET_UP),
        r"Couldn't instantiate the backend tokenizer|Can't load tokenizer for",
        rank=Rank.CONSEQUENCE,
    ),
    rule(
        "process",
        always(ModelIncomplete, "the settings of its picture processor are missing", SET_UP),
        r"Can't load (?:image |video )?processor for|Unrecognized (?:image processor|processing class) in",
        rank=Rank.CONSEQUENCE,
    ),
    rule(
        "We couldn't connect to",
        always(ModelIncomplete, "a file is not there, and the network is not asked", SET_UP),
        r"We couldn't connect to .{1,200} to load the files",
        rank=Rank.CONSEQUENCE,
    ),
)
