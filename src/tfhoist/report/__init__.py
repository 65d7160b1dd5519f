"""The HTML report of a consolidation: files -> model -> drawing -> one page."""
