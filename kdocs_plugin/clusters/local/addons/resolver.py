"""One question to the cluster's DNS, to see that it answers (RFC 1035, section 4)."""

from __future__ import annotations

import os
import socket
import struct

SECONDS = 0.2  # that an answer may take before the question is asked again


def answers(server: str, name: str) -> bool:
    """Whether the server knows an IPv4 address for the name. On the thread's network."""
    identity = os.urandom(2)
    header = identity + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0)  # recursion desired
    labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
    question = labels + b"\0" + struct.pack("!HH", 1, 1)  # type A, class IN
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(SECONDS)
        try:
            asking.connect((server, 53))
            asking.send(header + question)
            said = asking.recv(512)
        except OSError:  # nobody there yet, or no answer in time
            return False
    if len(said) < 12 or said[:2] != identity:
        return False
    flags, _, found = struct.unpack("!HHH", said[2:8])
    return bool(flags & 0xF == 0 and found)  # no error, and something in the answer
