"""Qt models: pages and tables as rows and columns."""
