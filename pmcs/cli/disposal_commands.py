"""`pmcs archive due|dispose`: what is past its retention, and the list of what is to be destroyed (5.9)."""
