"""Results are kept: documents, every reading of their pages, corrections, jobs, and the search over all of it."""
