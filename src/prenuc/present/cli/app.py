"""``prenuc app``."""

from __future__ import annotations

import click

from prenuc.errors import InputError
from prenuc.present.cli.output import echo, json_option

MISSING = "the application needs packages that are not installed"


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Of this machine; any free one for 0."
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@json_option
def app(port: int, no_browser: bool, as_json: bool) -> None:
    """Open the application in the browser: drag a rate constant and see the spectra move.

    It runs on this machine and asks nobody outside. The address that is printed is good for one
    page and one minute. Ctrl+C ends it.

    \b
    Examples:
      prenuc app
      prenuc app --port 8765 --no-browser --json
    """
    try:
        from prenuc.present.app.launch import launch
    except ModuleNotFoundError as error:
        mend = f"Install them: pip install 'prenuc[app]' (there is no {error.name})"
        raise InputError(MISSING, mend) from None

    def say(address: str, listening: int) -> None:
        if as_json:
            import json

            click.echo(json.dumps({"url": address, "port": listening}))
        else:
            echo(f"prenuc runs at {address}\nCtrl+C ends it.")

    launch(port, browser=not no_browser, say=say)
