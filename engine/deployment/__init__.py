"""What is deployed: packs, definitions, decisions; checked before."""
