"""A line to a server that can be cut at will: bytes go through, are swallowed, or end."""

import contextlib
import socket
import threading
from types import TracebackType

_SILENCE_SECONDS = 0.5


class Cutter:
    """Listens on a port of its own and passes everything on to one server.

    `lose_answers` lets requests through, waits for the answer, throws it away and hangs up;
    `drop` hangs up at once; `mend` lets everything through again.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._door = socket.create_server(("127.0.0.1", 0))
        self._lines: list[tuple[socket.socket, socket.socket]] = []
        self._losing = False
        self.host = f"127.0.0.1:{self._door.getsockname()[1]}"

    def __enter__(self) -> "Cutter":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._door.close()
        self.drop()

    def lose_answers(self) -> None:
        """From now on every answer is lost with its line."""
        self._losing = True

    def mend(self) -> None:
        """From now on everything goes through."""
        self._losing = False

    def drop(self) -> None:
        """Hang up every open line."""
        lines, self._lines = self._lines, []
        for line in lines:
            for end in line:
                _hang_up(end)

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._lines.append((client, server))
            for come, go, answers in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass, args=(come, go, answers), daemon=True).start()

    def _pass(self, come: socket.socket, go: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := come.recv(65536):
                if answers and self._losing:
                    # The server is done when it has been silent for a while.
                    come.settimeout(_SILENCE_SECONDS)
                else:
                    go.sendall(data)
        _hang_up(come)
        _hang_up(go)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
