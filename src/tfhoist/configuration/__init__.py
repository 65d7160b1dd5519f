"""What a module declares: from files to addresses."""
