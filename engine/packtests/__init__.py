"""Process tests of packs: files `tests/*.toml` that say what is done and what must be seen then (docs/process-tests.md).

Reading them (reading.py) is part of checking a pack; they are played (playing.py) in a database of their own.
"""

from engine.packtests.model import Failure, Outcome, ProcessTest, Report
from engine.packtests.reading import is_test, read

__all__ = ["Failure", "Outcome", "ProcessTest", "Report", "is_test", "read"]
