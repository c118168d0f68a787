from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"
    verbose_name = "Research"

    def ready(self):
        from prodops import demo

        from . import panels, search  # noqa: F401  (each registers)
        from .demo import build

        demo.register("research", build, order=20)
