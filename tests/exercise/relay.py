"""A TCP relay between a server and its database, which can be interrupted."""

import socket
import threading
from contextlib import suppress


class Relay:
    """Forward the connections to its port. Once cut, nothing is forwarded and no connection is closed."""

    def __init__(self, target_port: int) -> None:
        self._target_port, self._is_connected = target_port, threading.Event()
        self._is_connected.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_connected.clear()

    def stop(self) -> None:
        self._listener.close()
        self._is_connected.set()

    def _accept(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                client = self._listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self._target_port))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while part := source.recv(65536):
                self._is_connected.wait()
                target.sendall(part)
