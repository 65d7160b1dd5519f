"""`tfhoist.toml`: what a team says about its service, read, checked, guessed and written."""
