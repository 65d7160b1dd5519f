"""The migration: what is planned, what was done, where live states stand, and the steps from one to the other."""
