"""What a machine's administrator sets, read from the environment once at start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.spiff import LIMITS, Limits
from webui.provider import Provider

PACKS = ("handlers:pack",)  # module:attribute of each pack's handlers; RUAM_PACKS adds those of other agencies


@dataclass(frozen=True)
class Settings:
    """Where the data are and which packs of handlers there are."""

    home: Path  # the folder of the embedded database, uploaded files and the secret key
    database_url: str
    packs: tuple[str, ...] = PACKS
    public_url: str = ""  # where users reach the pages; with https, cookies travel over https only and one proxy's word is taken
    limits: Limits = LIMITS  # of one transaction of the engine
    provider: Provider | None = None  # the agency's own login

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of an environment: RUAM_HOME, RUAM_DATABASE_URL, RUAM_PACKS (separated by commas), RUAM_PUBLIC_URL,
        RUAM_MAX_ELEMENTS and RUAM_MAX_SECONDS (what one transaction may run), RUAM_OIDC_… (webui/provider.py)."""
        home = Path(environment.get("RUAM_HOME") or "var").absolute()
        more = tuple(name.strip() for name in environment.get("RUAM_PACKS", "").split(",") if name.strip())
        database_url = environment.get("RUAM_DATABASE_URL") or f"sqlite:///{home / 'ruam.db'}"
        limits = Limits(
            int(environment.get("RUAM_MAX_ELEMENTS") or LIMITS.elements), float(environment.get("RUAM_MAX_SECONDS") or LIMITS.seconds)
        )
        public_url, provider = environment.get("RUAM_PUBLIC_URL", ""), Provider.read(environment)
        return cls(home, database_url, tuple(dict.fromkeys(PACKS + more)), public_url, limits, provider)

    @property
    def secure(self) -> bool:
        """Whether users come over https."""
        return self.public_url.startswith("https://")

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite: then the serving process runs the clock, too."""
        return self.database_url.startswith("sqlite")

    def secret_key(self) -> str:
        """The key that signs sessions and links, made on first use; nobody but the owner of the process may read its file."""
        path = self.home / "secret-key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"secret-key.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            with suppress(FileExistsError):  # of two processes that start at once, the first one's key stands, and stands whole
                os.link(draft, path)
            draft.unlink()
        return path.read_text()
