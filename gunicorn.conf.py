"""How the web server runs everywhere; `gunicorn` reads this file from the folder it starts in."""

import os

from gunicorn.glogging import Logger

from prodops.logs import masked

wsgi_app = "prodops.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "3"))  # within a worker's pool of four connections
preload_app = os.environ.get("WEB_PRELOAD", "1") == "1"  # the workers share the memory of the code
timeout = 60
graceful_timeout = 15
keepalive = 5
control_socket_disable = True  # it would want a writable home
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  (heartbeats, not data)


class logger_class(Logger):  # the name of the setting
    """Its access log without the secrets that stand in addresses."""

    def atoms(self, *args):
        return {
            name: masked(one) if isinstance(one, str) else one for name, one in super().atoms(*args).items()
        }


access_log_format = "%(m)s %(U)s %(s)s %(B)s B %(M)s ms"
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
