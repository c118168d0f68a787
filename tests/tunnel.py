"""A port of this machine that leads to a Unix socket: for what only speaks to hosts and ports."""

import socket
import threading
from contextlib import contextmanager, suppress


@contextmanager
def port_to(path, port=0):
    """Gives the port; what is open goes on when the door closes, and nothing new comes in."""
    door = socket.create_server(("127.0.0.1", port))

    def pump(here, there):
        with suppress(OSError):
            while data := here.recv(65536):
                there.sendall(data)
        for one in (here, there):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve():
        with suppress(OSError):
            while True:
                here, _ = door.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(path)
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield door.getsockname()[1]
    finally:
        door.close()
