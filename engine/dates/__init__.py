"""Time: the clock, days off, Thai dates and numerals."""
