from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "process"

    def ready(self):
        from prodops import demo

        from . import panels, search, subscribers  # noqa: F401  (each registers)
        from .demo import build

        demo.register("process", build, order=40)
