"""The program that holds a pod's namespaces open: it reaps and does nothing else.

Upstream's is forty lines of C. This one is the same in machine code, so that a machine
without a compiler has it too: an ELF header, one program header, and

    rt_sigaction(SIGCHLD, {SIG_IGN}, NULL, 8)   children are reaped by the kernel
    for (;;) pause();                           as process 1 it ignores all but SIGKILL
"""

from __future__ import annotations

import struct

TAG = "3.10.1"  # of the image: what this Kubernetes version asks for

_BASE = 0x400000
_HEADERS = 64 + 56
_CODE = bytes.fromhex(
    "b80d000000"  # mov eax, 13        rt_sigaction
    "bf11000000"  # mov edi, 17        SIGCHLD
    "be00000000"  # mov esi, ACTION    patched below
    "31d2"  #       xor edx, edx       no old action
    "41ba08000000"  # mov r10d, 8      size of the signal mask
    "0f05"  #       syscall
    "b822000000"  # mov eax, 34        pause
    "0f05"  #       syscall
    "ebf7"  #       jmp to the mov before
)
_ACTION = struct.pack("<QQQQ", 1, 0, 0, 0)  # SIG_IGN, no flags, no restorer, empty mask


def program() -> bytes:
    """The executable, for Linux on x86-64."""
    entry = _BASE + _HEADERS
    code = bytearray(_CODE)
    code[11:15] = struct.pack("<I", entry + len(code))
    body = bytes(code) + _ACTION
    size = _HEADERS + len(body)
    identity = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = identity + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, entry, 64, 0, 0, 64, 56, 1, 0, 0, 0
    )
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x1000)
    return header + segment + body
