"""A TCP relay between a server and its database, which can be interrupted."""

import socket
import threading
from contextlib import suppress


class Relay:
    """Forward the connections to its port. Once cut, nothing is forwarded and no connection is closed."""

    def __init__(self, to: int) -> None:
        self._to, self._is_whole = to, threading.Event()
        self._is_whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_whole.clear()

    def stop(self) -> None:
        self._listener.close()
        self._is_whole.set()

    def _accept(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                here = self._listener.accept()[0]
                there = socket.create_connection(("127.0.0.1", self._to))
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while part := source.recv(65536):
                self._is_whole.wait()
                target.sendall(part)
