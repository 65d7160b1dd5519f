"""The stages put together: what the command line and a library user call."""
