"""State snapshots."""
