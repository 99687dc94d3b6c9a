"""`muster cases`: the bundled cases."""

import click

from muster.base.case import case_folders, load_case
from muster.surfaces.cli.options import format_option, print_rows


@click.command()
@format_option
def cases(output_format: str) -> None:
    """List the bundled cases.

    \b
    Examples:
      muster cases
      muster cases --format json
    """
    rows = []
    for name in case_folders():
        case = load_case(name)
        rows.append(
            {
                "name": name,
                "title": case.title,
                "start": case.start,
                "as_of": case.as_of,
                "lead": case.lead,
                "n_members": len(case.members(case.as_of)),
                "n_asks": len(case.asks),
                "n_claims": len(case.claims),
            }
        )
    print_rows(rows, output_format, title="Bundled cases")
