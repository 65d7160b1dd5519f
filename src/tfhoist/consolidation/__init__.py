"""The split itself: the shared module, the central roots, and the edits to the service root."""
