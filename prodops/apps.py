from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProdopsConfig(AppConfig):
    name = "prodops"
    verbose_name = "Prodops"

    def ready(self):
        autodiscover_modules("tasks")  # the web process enqueues by name, so it knows every task too
        from . import demo, home_panels, search_kinds, subject_kinds, subscribers  # noqa: F401  (each registers)
        from .demo import company

        demo.register("company", company.build, order=10)
