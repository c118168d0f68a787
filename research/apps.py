from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"
    verbose_name = "Research"

    def ready(self):
        from prodops import demo

        from . import panels  # noqa: F401  (registers)
        from .demo import build

        demo.register("research", build, order=20)
