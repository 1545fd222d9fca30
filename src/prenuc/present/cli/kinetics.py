"""``prenuc fit``."""

from __future__ import annotations

from pathlib import Path

import click

from prenuc.present.cli.output import echo_json, json_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("scheme")
@click.option("--at", metavar="WAVELENGTH", help='Where to read spectra: "311 nm".')
@click.option("--through-origin", is_flag=True, help="The signal is zero at time zero.")
@click.option("--background", is_flag=True, help="An unknown constant lies under the trace.")
@click.option("--subtract", metavar="LABEL", help="Subtract this spectrum from all first.")
@click.option("--time-unit", type=click.Choice(["s", "min", "h", "day"]), help="Unit of times.")
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign of the file.")
@click.option("--figure", type=click.Path(path_type=Path), help="Write a figure (.svg .pdf .png).")
@click.option("--report", "report_to", type=click.Path(path_type=Path), help="Write FILE.html.")
@json_option
def fit(
    file: Path,
    scheme: str,
    at: str | None,
    through_origin: bool,
    background: bool,
    subtract: str | None,
    time_unit: str | None,
    decimal: str | None,
    figure: Path | None,
    report_to: Path | None,
    as_json: bool,
) -> None:
    """Fit a kinetic scheme to a trace (columns time, value) or to spectra.

    SCHEME is "A -> B" (first order), or "A -8-> B -> C" for eight equal steps before the slow one.

    \b
    Examples:
      prenuc fit trace.csv "PC -> MSC"
      prenuc fit spectra.csv "PC -> MSC" --at "311 nm" --subtract "4 min"
    """
    from prenuc.errors import FitError, unknown_name
    from prenuc.infer.fit import fit as fit_scheme
    from prenuc.observe.readers import read
    from prenuc.observe.readers.trace import is_trace, read_trace

    if is_trace(file, decimal=decimal):
        found = fit_scheme(
            read_trace(file, decimal=decimal, time_unit=time_unit),
            scheme,
            background=background,
            through_origin=through_origin,
        )
    else:
        series = read(file, decimal=decimal, time_unit=time_unit)
        if subtract is not None:
            if subtract not in series.labels:
                raise FitError(unknown_name("spectrum", subtract, series.labels, str(file)))
            series = series.subtract(series.labels.index(subtract))
        found = fit_scheme(
            series, scheme, at=at, background=background, through_origin=through_origin
        )
    if figure is not None:
        from prenuc.present.plot import plot_fit, save

        save(plot_fit(found), figure)
    if report_to is not None:
        from prenuc.present.report import report

        report(found, to=report_to)
    if as_json:
        echo_json(found)
        return
    click.echo(found.fit_report())
    for line in found.trace.history:
        click.echo(f"  {line}")
