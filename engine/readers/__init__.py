"""An image or a text layer becomes a reading: the readers and their one protocol."""
