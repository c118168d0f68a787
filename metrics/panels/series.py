"""What of values, tokens, databases and annotations stands in the side bar and in histories."""

from prodops import nav, words
from prodops.access import Can

nav.register(
    "metrics",
    nav.Item("Annotations", "metrics:annotation_list", Can.KPI_READ),
    nav.Item("Sources", "metrics:source_list", Can.KPI_EDIT, under=("../tokens/",)),
)
for verb, sentence in {
    "annotation.added": "wrote on the chart: {said}",
    "annotation.changed": "changed on the chart: {said}",
    "annotation.removed": "took off the chart: {said}",
    "api_token.made": "made the API token {token}",
    "api_token.rotated": "rotated the API token {token}",
    "api_token.revoked": "revoked the API token {token}",
    "data_source.connected": "connected {shown}",
    "data_source.changed": "changed {said}",
    "data_source.retired": "disconnected this database",
    "pull.written": "wrote a query of {source}, asked {frequency}",
    "pull.changed": "changed the query of {source}",
    "pull.rested": "let the query of {source} rest",
    "pull.woken": "woke the query of {source}",
    "pull.failed": "could not fetch values from {source}: {error}",
    "pull.recovered": "fetched values from {source} again",
}.items():
    words.register(verb, sentence)
