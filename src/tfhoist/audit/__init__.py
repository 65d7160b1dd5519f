"""The audit: what a root module holds, what it depends on, and what is wrong with it."""
