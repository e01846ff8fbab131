"""Diglot's plug-in for vLLM, installed into every engine environment.

`register` is an entry point of vLLM's general plug-ins, so it runs in every process of a server: `diglot_vllm.pages`.
`diglot_vllm.door.Door` is given to the server by `--middleware`: only who knows the key comes in, whatever the path.

Importing this package imports neither vLLM nor torch.
"""

__version__ = "0.1.0"


def register() -> None:
    """Keep pages apart, where the installed vLLM needs it; say in the log what was done. May be called repeatedly."""
    from diglot_vllm.pages import keep_pages_apart

    keep_pages_apart()
