"""Diglot without a screen: pages, readers, blocks, jobs and exports as plain asyncio Python."""

__version__ = "0.1.0"
