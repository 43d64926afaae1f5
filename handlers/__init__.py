"""The participation pack's handlers, one module a party. `PACKS = ["handlers:pack"]` registers them."""

from __future__ import annotations

from engine.registry import Pack
from handlers import area_committee, central_committee, cluster_academics, consultant, inspection_committee, opdc, province, subcommission
from handlers.rehearsal import ParticipationPlay

pack = Pack("participation")
for party in (consultant, opdc, inspection_committee, subcommission, central_committee, area_committee, cluster_academics, province):
    pack.include(party.pack)
pack.plays[ParticipationPlay.process] = ParticipationPlay

__all__ = ["pack"]
