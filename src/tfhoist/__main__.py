"""`python -m tfhoist`."""

from tfhoist.start import main

main()
