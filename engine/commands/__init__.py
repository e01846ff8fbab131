"""The command line's work: what was asked, where it goes, how far it is, and how it ended."""
