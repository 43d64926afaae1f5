"""What a machine's administrator sets, read from the environment once at start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKS = ("handlers:pack",)  # module:attribute of each pack's handlers; RUAM_PACKS adds those of other agencies


@dataclass(frozen=True)
class Settings:
    """Where the data are and which packs of handlers there are."""

    home: Path  # the folder of the embedded database, uploaded files and the secret key
    database_url: str
    packs: tuple[str, ...] = PACKS

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of an environment: RUAM_HOME, RUAM_DATABASE_URL, RUAM_PACKS (separated by commas)."""
        home = Path(environment.get("RUAM_HOME") or "var").absolute()
        more = tuple(name.strip() for name in environment.get("RUAM_PACKS", "").split(",") if name.strip())
        return cls(home, environment.get("RUAM_DATABASE_URL") or f"sqlite:///{home / 'ruam.db'}", tuple(dict.fromkeys(PACKS + more)))

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite: then the serving process runs the clock, too."""
        return self.database_url.startswith("sqlite")

    def secret_key(self) -> str:
        """The key that signs sessions and links, made on first use; nobody but the owner of the process may read its file."""
        path = self.home / "secret-key"
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            pass
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        return path.read_text().strip()
