"""The documents of a consolidation: written from the model, never by hand."""
