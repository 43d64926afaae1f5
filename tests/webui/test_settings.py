"""What the environment sets, and the secret key."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from webui.settings import PACKS, Settings


def test_without_anything_set_the_data_stand_in_var() -> None:
    settings = Settings.read({})
    assert settings.home == Path("var").absolute()
    assert settings.database_url == f"sqlite:///{Path('var').absolute() / 'ruam.db'}"
    assert settings.embedded
    assert not settings.secure
    assert settings.packs == PACKS


def test_everything_can_be_set() -> None:
    settings = Settings.read(
        {
            "RUAM_HOME": "/srv/ruam",
            "RUAM_DATABASE_URL": "postgresql://ruam@db/ruam",
            "RUAM_PACKS": "land_office:pack, handlers:pack",
            "RUAM_PUBLIC_URL": "https://ruam.example",
            "RUAM_MAX_ELEMENTS": "9000",
            "RUAM_MAX_SECONDS": "2.5",
        }
    )
    assert (settings.home, settings.database_url) == (Path("/srv/ruam"), "postgresql://ruam@db/ruam")
    assert settings.packs == (*PACKS, "land_office:pack")
    assert (settings.limits.elements, settings.limits.seconds) == (9000, 2.5)
    assert settings.secure
    assert not settings.embedded


def test_the_secret_key_is_made_once_and_is_the_owner_s_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", "sqlite://")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _n: settings.secret_key(), range(16)))
    assert keys == {settings.secret_key()}
    assert len(keys.pop()) == 64
    assert [path.name for path in settings.home.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((settings.home / "secret-key").stat().st_mode) == 0o600
