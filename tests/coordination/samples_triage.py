"""Samples of the pages of response times."""

from tests.factories.coordination import BusinessCalendarFactory, SlaPolicyFactory

SAMPLES = {
    **{
        f"coordination:{name}": lambda people: {"pk": SlaPolicyFactory().pk}
        for name in ("sla_edit", "sla_retire", "sla_restore", "sla_raise")
    },
    "coordination:calendar_edit": lambda people: {"pk": BusinessCalendarFactory().pk},
}
LISTS = {"coordination:sla_list": lambda people, n: SlaPolicyFactory.create_batch(n)}
