"""The agency's own login (OpenID Connect), as the environment names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from engine.errors import Invalid

YES = frozenset({"1", "yes", "true", "on"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Provider:
    """Where it is, as whom we ask there, and what of its claims means what here."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = ""  # on the button
    user_claim: str = "preferred_username"  # the one that is the user name here
    create: bool = False  # an account for who has none, without groups
    groups_claim: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)  # value of that claim → group here

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Provider | None:
        """RUAM_OIDC_ISSUER, …_CLIENT_ID, …_CLIENT_SECRET, …_NAME, …_USER_CLAIM, …_CREATE (yes), …_GROUPS_CLAIM, …_GROUPS
        (`value=group` separated by commas). Raises Invalid for an issuer that others could read along."""
        issuer = environment.get("RUAM_OIDC_ISSUER", "").strip()
        if not issuer:
            return None
        place = urlsplit(issuer)
        if place.scheme != "https" and place.hostname not in LOOPBACK:
            raise Invalid("RUAM_OIDC_ISSUER has to begin with https://.", th="RUAM_OIDC_ISSUER ต้องขึ้นต้นด้วย https://")
        client_id = environment.get("RUAM_OIDC_CLIENT_ID", "").strip()
        if not client_id:
            raise Invalid("RUAM_OIDC_CLIENT_ID is missing.", th="ต้องตั้งค่า RUAM_OIDC_CLIENT_ID")
        pairs = [pair.partition("=") for pair in environment.get("RUAM_OIDC_GROUPS", "").split(",") if "=" in pair]
        return cls(
            issuer,
            client_id,
            environment.get("RUAM_OIDC_CLIENT_SECRET", ""),
            environment.get("RUAM_OIDC_NAME", ""),
            environment.get("RUAM_OIDC_USER_CLAIM") or cls.user_claim,
            environment.get("RUAM_OIDC_CREATE", "").lower() in YES,
            environment.get("RUAM_OIDC_GROUPS_CLAIM", ""),
            {value.strip(): group.strip() for value, _equals, group in pairs},
        )
