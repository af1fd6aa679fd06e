"""`kdocs check`: every manifest and every kubectl line, without a cluster."""

from kdocs_plugin import checking
from kdocs_plugin.cli.tables import command

check = command(checking.check, checking.OPTIONS)
