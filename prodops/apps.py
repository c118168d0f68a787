from django.apps import AppConfig


class ProdopsConfig(AppConfig):
    name = "prodops"
    verbose_name = "Prodops"

    def ready(self):
        from . import demo, search_kinds, subject_kinds, subscribers  # noqa: F401  (each registers)
        from .demo import company

        demo.register("company", company.build, order=10)
