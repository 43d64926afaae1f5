"""`python -m webui.cli`: the same as `ruam`."""

from webui.cli import main

main(prog_name="ruam")
