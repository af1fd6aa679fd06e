"""The program that holds a pod's namespaces open: it reaps and does nothing else.

Upstream's is forty lines of C. This one is the same in machine code, so that a machine
without a compiler has it too: an ELF header, one program header, and

    rt_sigaction(SIGCHLD, {SIG_IGN}, NULL, 8)   children are reaped by the kernel
    for (;;) pause();                           as process 1 it ignores all but SIGKILL

arm64 has no pause system call: there it is ppoll(NULL, 0, NULL, NULL), which waits alike.
"""

from __future__ import annotations

import struct

TAG = "3.10.1"  # of the image: what this Kubernetes version asks for

_BASE = 0x400000
_HEADERS = 64 + 56
_AMD64 = bytes.fromhex(
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
_ARM64 = (
    0xD28010C8,  # mov x8, #134        rt_sigaction
    0xD2800220,  # mov x0, #17         SIGCHLD
    0x10000001,  # adr x1, ACTION      patched below
    0xD2800002,  # mov x2, #0          no old action
    0xD2800103,  # mov x3, #8          size of the signal mask
    0xD4000001,  # svc #0
    0xD2800928,  # mov x8, #73         ppoll
    0xD2800000,  # mov x0, #0          of no descriptors
    0xD2800001,  # mov x1, #0
    0xD2800002,  # mov x2, #0          without an end
    0xD2800003,  # mov x3, #0          and the mask as it is
    0xD4000001,  # svc #0
    0x17FFFFFA,  # b to the mov of ppoll
    0xD503201F,  # nop: the action below is aligned to 8
)
_ACTION = struct.pack("<QQQQ", 1, 0, 0, 0)  # SIG_IGN, no flags, no restorer, empty mask


def program(architecture: str = "amd64") -> bytes:
    """The executable for Linux on `amd64` or `arm64`. KeyError for any other."""
    machine, code = {"amd64": (62, _amd64), "arm64": (183, _arm64)}[architecture]
    body = code() + _ACTION
    size = _HEADERS + len(body)
    identity = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = identity + struct.pack(
        "<HHIQQQIHHHHHH", 2, machine, 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0
    )
    # Segments begin at multiples of 64 KiB: arm64 may have pages of that size.
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x10000)
    return header + segment + body


def _amd64() -> bytes:
    code = bytearray(_AMD64)
    code[11:15] = struct.pack("<I", _BASE + _HEADERS + len(code))
    return bytes(code)


def _arm64() -> bytes:
    words = list(_ARM64)
    offset = (len(words) - 2) * 4  # from the third instruction to what follows the last
    words[2] |= (offset & 3) << 29 | (offset >> 2) << 5
    return struct.pack(f"<{len(words)}I", *words)
