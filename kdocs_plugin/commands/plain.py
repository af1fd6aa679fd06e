"""Output that has no shape of its own, below a command without a prompt.

    kubectl exec web -- cat /etc/hostname
    web

Nothing says that `web` is no command but that no shell knows it. So only what stands
directly below a command that prints, and could not be run in any case, is output.
"""

from __future__ import annotations

import re

from kdocs_plugin.commands.placeholders import HANGUL
from kdocs_plugin.late import late

# Programs of notes whose commands say nothing: what follows them is a command, if an odd one.
SILENT = frozenset(
    """
    cd export alias source . mkdir vi vim nano set unset touch chmod chown sleep sudo rm cp mv
    """.split()
)
# What else a line of a script may begin with, besides the programs of notes.
SHELL_WORDS = frozenset(
    """
    if then elif else fi for while until do done case esac in function select time { } ( ) [ [[
    ! : . [ test true false exit return break continue local read eval exec trap wait kill jobs
    printf declare typeset readonly shift printenv seq sort uniq wc cut tr paste diff find xargs
    less more tac rev nl jq yq base64 sha256sum md5sum mktemp uname whoami id stat dirname
    basename expr env nohup timeout make go npm node java python python3 pip pip3 ruby perl tar
    unzip gzip rsync nc telnet netstat ss dig host nslookup ping ip ifconfig iptables mount
    modprobe sysctl swapoff hostnamectl journalctl service crictl ctr nerdctl podman
    docker-compose kustomize istioctl etcdctl kubectx kubens k9s stern terraform ansible gcloud
    aws az eksctl snap dnf vagrant multipass code emacs tmux man which ab hey siege wrk
    """.split()
)
OPERATORS = late(r"&&|\|\||[|;&]\s|[<>]\s|>>|\$\(|`|\\$")
FLAG = late(r"(?:^|\s)--?[A-Za-z]")
FIRST = late(r"[A-Za-z0-9][\w.-]*:?")


def is_plain_output(line: str, above: str, programs: frozenset[str]) -> bool:
    """Whether a line directly below the command `above`, or below its output, is output.

    `programs` are those that notes begin commands with.
    """
    program = (above.split() or [""])[0].rsplit("/", 1)[-1]
    if not line.strip() or program not in programs - SILENT:
        return False
    if line.startswith("<"):
        return True  # HTML; a script does not begin with a redirection
    first = line.split(None, 1)[0]
    if not FIRST.fullmatch(first) or first in programs | SHELL_WORDS:
        return False
    return not (OPERATORS.search(line) or FLAG.search(line) or re.search(f"[{HANGUL}]", line))
