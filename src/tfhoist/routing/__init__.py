"""Which listener rule answers a request: rules as sets of requests, and exact questions about them."""
