"""Getting the engine and the weights onto this machine: kits, the engine's own environment, checkpoints."""
