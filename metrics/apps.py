from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "metrics"

    def ready(self):
        from prodops import demo

        from . import panels, search, subscribers  # noqa: F401  (each registers)
        from .demo import build
        from .panels import (
            dashboards,  # noqa: F401
            experiments,  # noqa: F401
            series,  # noqa: F401
        )
        from .panels import exchange as _exchange  # noqa: F401
        from .panels import results as _results  # noqa: F401
        from .subscribers import conflicts as _conflicts  # noqa: F401
        from .subscribers import dashboards as _  # noqa: F401
        from .subscribers import experiments as _experiments  # noqa: F401
        from .subscribers import series as _series  # noqa: F401

        demo.register("metrics", build, order=30)
