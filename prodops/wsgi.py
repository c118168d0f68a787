import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prodops.settings")
application = get_wsgi_application()

if os.environ.get("WEB_PRELOAD", "1") == "1":  # this is the process that forks the web workers
    from prodops import meaning

    meaning.preload()
