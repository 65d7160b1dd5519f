"""Asking what is out there: AWS (read-only calls), DNS, and endpoints. Effects only; what answers mean is in `validation/`."""
