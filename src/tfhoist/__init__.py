"""tfhoist hoists shared infrastructure out of a service's Terraform into a central repository."""

__version__ = "0.1.0"
