"""Text becomes blocks: the domain model and everything that arranges lines into it."""
