from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "coordination"

    def ready(self):
        from prodops import demo

        from . import panels, search, subscribers  # noqa: F401  (each registers)
        from .demo import build

        demo.register("coordination", build, order=50)
