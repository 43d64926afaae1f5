"""Settings of this database."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from engine.storage.model.columns import Key, metadata

holiday = Table(
    "holiday",
    metadata,
    Column("day", String(10), primary_key=True),  # ISO date
    Column("calendar", Key, primary_key=True, default="TH"),
    Column("th", Text, nullable=False),
    Column("en", Text, nullable=False, default=""),
    Column("added_by", Key),
)

setting = Table(
    "setting",
    metadata,  # the simulated clock, sequences of numbers, marks of the demo
    Column("key", Key, primary_key=True),
    Column("value", Text, nullable=False),
)
