"""The life of the local vLLM: what it may take, how it is started, watched, put to sleep and ended."""
