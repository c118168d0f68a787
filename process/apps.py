from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "process"

    def ready(self):
        from . import panels, search, subscribers  # noqa: F401  (each registers)
