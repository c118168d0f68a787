from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"
    verbose_name = "Research"

    def ready(self):
        from prodops import demo

        from . import panels, search, subscribers  # noqa: F401  (each registers)
        from .demo import build, build_reports

        demo.register("research", build, order=20)
        demo.register("reports", build_reports, order=60)  # when all that is counted stands
