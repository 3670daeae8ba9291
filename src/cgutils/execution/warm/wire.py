"""What a client and the warm parent say to each other, over a socket of this machine.

A request is a length and JSON text, sent together with three descriptors (stdin, stdout, stderr). The answers
are lines: ``pid N`` or ``error WORDS``, then ``exit N`` when the kernel has ended. The end of the connection
on one side tells the other that there is nobody left.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass

_LENGTH = struct.Struct("!I")
_CREDENTIALS = struct.Struct("3i")
LONGEST = 16 * 1024 * 1024
N_STREAMS = 3


@dataclass(frozen=True)
class Request:
    """The kernel that is wanted: what `subprocess.Popen` would be given.

    Parameters
    ----------
    command : list of str
        The whole command of an ordinary kernel: Python, ``-m ipykernel_launcher`` and its arguments.
    environment : dict of str to str
        All environment variables.
    folder : str
        Working folder.
    """

    command: list[str]
    environment: dict[str, str]
    folder: str


def send_request(connection: socket.socket, request: Request, streams: tuple[int, int, int]) -> None:
    """Send a request with the descriptors that become stdin, stdout and stderr of the kernel."""
    body = json.dumps(asdict(request)).encode("ascii")
    socket.send_fds(connection, [_LENGTH.pack(len(body))], streams)
    connection.sendall(body)


def receive_request(connection: socket.socket) -> tuple[Request, list[int]]:
    """Receive a request and its descriptors.

    Raises
    ------
    OSError, ValueError
        Where the other side is gone or says something else.
    """
    header, streams, _, _ = socket.recv_fds(connection, _LENGTH.size, N_STREAMS)
    if len(header) != _LENGTH.size or len(streams) != N_STREAMS:
        raise ValueError("no request")
    (length,) = _LENGTH.unpack(header)
    if length > LONGEST:
        raise ValueError("a request that is too long")
    body = b""
    while len(body) < length:
        part = connection.recv(min(length - len(body), 1 << 16))
        if not part:
            raise ValueError("half a request")
        body += part
    return Request(**json.loads(body)), streams


def user_of(connection: socket.socket) -> int:
    """Return the id of the user at the other side of a connection."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(credentials)[1])
