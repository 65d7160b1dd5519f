"""`python -m tfhoist`."""

from tfhoist.cli import main

main()
