"""Results leave: Markdown, plain text, JSON and HTML, each written whole or not at all."""
