"""Letters as Word files; the templates are made by our own code."""
