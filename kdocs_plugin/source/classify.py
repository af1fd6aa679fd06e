"""What a fence holds, by its language and its first lines.

The first rule of RULES that fits decides; without one, the fence is OTHER. People tag output
as bash, commands as yaml and most fences not at all, so the body counts for more than the
language, and only what is plainly recognised is called a command or a manifest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from kdocs_plugin.late import late
from kdocs_plugin.model import BlockKind
from kdocs_plugin.values import dataclass

YAML = frozenset({"yaml", "yml", "k8s", "kubernetes"})
SHELL = frozenset(
    {"bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "terminal"}
)
# Languages that are often put over something else; in any other only a prompt counts.
VAGUE = frozenset({"", "text", "txt", "plain", "plaintext", "sql", "mysql", "css", "output"})
# Their fences are never Kubernetes' business, whatever they look like.
FOREIGN = frozenset(
    {
        "powershell",
        "ps1",
        "pwsh",
        "cmd",
        "bat",
        "batch",
        "dos",
        "mermaid",
        "diff",
        "markdown",
        "md",
    }
)

_TOOL = (
    r"(?:kubectl|kubeadm|kubelet|minikube|kind|k3s|k3d|helm|docker|podman|nerdctl|crictl|ctr|"
    r"curl|wget|cat|echo|ls|cd|pwd|mkdir|rm|cp|mv|touch|chmod|chown|vi|vim|nano|sed|awk|grep|"
    r"export|alias|source|sudo|su|ssh|scp|systemctl|journalctl|service|swapoff|apt|apt-get|yum|"
    r"dnf|brew|git|ps|ip|ifconfig|iptables|ping|nslookup|dig|nc|netstat|ss|etcdctl|openssl|"
    r"watch|while|for|if|tail|head|tee|base64|date|hostname|kubens|kubectx|k|tree|env|exit)"
)
_VERB = (
    r"(?:get|describe|apply|create|delete|run|exec|logs|expose|scale|rollout|set|label|annotate|"
    r"edit|patch|replace|config|top|explain|port-forward|cp|auth|api-resources|api-versions|"
    r"cluster-info|version|drain|cordon|uncordon|taint|autoscale|attach|debug|diff|wait|proxy|"
    r"kustomize|events|completion|certificate|plugin|options|alpha)"
)
_SETTINGS = r"(?:(?:sudo|watch|time|[A-Z_][A-Z0-9_]*=\S*)\s+(?:-\S+\s+(?:\d+\s+)?)*)*"
_KUBECTL = late(
    rf"{_SETTINGS}(?:(?:minikube\s+kubectl\s+--|kubectl)\s+(?:-|[a-z])|k\s+(?:-\S+\s+)*{_VERB}\b)"
)
_HEREDOC = late(r"cat\s+(?:>>?\s*\S+\s+)?<<-?\s*['\"]?\w+")
_TOOL_LINE = late(rf"{_TOOL}(?:\s|$)")
_PROMPT = late(
    r"(?:~(?:/[\w./-]*)?\s?)?\$\s+\S"  # $ kubectl, ~$ kubectl, ~/study $ kubectl
    r"|\[[\w.-]+@[\w.-]+[^\]]{0,80}\]\s?[#$]\s*\S"  # [root@master ~]# kubectl
    r"|[\w.-]+@[\w.-]+:[^\s#$]{0,80}\s?[#$]\s+\S"  # user@host:~$ kubectl
    r"|[❯➜]\s+\S"  # ❯ kubectl
    r"|/[\w./-]*\s[#$]\s+\S|mysql>\s+\S"  # / # ls
    r"|(?:PS [A-Z]:\\[^>]{0,200}|PS|[A-Z]:\\[^>]{0,200})>\s*\S"  # PS C:\> kubectl
    rf"|[\w.-]{{1,40}}(?:[ :]?[~/][\w./~-]{{0,60}})?\s?[$➜❯]\s+{_TOOL}\s"  # node01 ~ ➜  kubectl
)
_ROOT_PROMPT = late(rf"#\s+{_TOOL}(?:\s+[\w./~<{{\"'$-]|$)")

_TABLE_HEAD = late(r"[A-Z][A-Z0-9()/%_-]+(?: [A-Z()]+)?(?:\s{2,}\S.*|\s+[A-Z][A-Z ]+)$")
_ACTION = late(
    r"[a-z][\w.-]*(?:/\S+|\s\"\S+\")\s+(?:\(?(?:server )?dry run\)?|created|deleted|configured|"
    r"unchanged|scaled|exposed|patched|labeled|unlabeled|annotated|edited|replaced|restarted|"
    r"paused|resumed|autoscaled|tainted|untainted|drained|cordoned|uncordoned|pruned|force|"
    r"rolled|image|resource|env|serviceaccount|successfully|condition|evicted|not)\b"
)
_SAID = late(
    r"Error from server|error: |Error: |No resources found|Warning: |Name:\s{2,}\S"
    r"|Waiting for |Forwarding from |If you don't see a command prompt|<!DOCTYPE|Cluster "
    r"|Client Version|The connection to the server|Switched to context|Unable to "
)
_API = late(r"^[\"']?apiVersion[\"']?\s*:", re.MULTILINE)
_KIND = late(r"^[\"']?kind[\"']?\s*:", re.MULTILINE)
_KEY = late(r"^[\"']?([A-Za-z][\w-]*)[\"']?\s*:", re.MULTILINE)

# Top-level keys by which a YAML file says that it is not Kubernetes'. Each set in full.
_ELSEWHERE = (
    {"services"},  # Docker Compose
    {"site_name"},  # mkdocs.yml
    {"on", "jobs"},  # GitHub Actions
    {"stages"},  # GitLab CI
    {"scrape_configs"},  # Prometheus
)
_API_KEYS = {"apiVersion", "kind", "metadata", "spec"}


@dataclass(frozen=True)
class Fence:
    """A fence as the rules see it."""

    language: str
    body: str

    @cached_property
    def lines(self) -> list[str]:
        """Lines that hold something, space at both sides taken off."""
        return [line.strip() for line in self.body.split("\n") if line.strip()]

    @cached_property
    def first(self) -> str:
        """The first line that holds something and is no comment."""
        return next((line for line in self.lines if not line.startswith("#")), "")


def is_foreign(fence: Fence) -> bool:
    """Another shell, or a language whose fences quote."""
    return fence.language in FOREIGN


def has_root_prompts(fence: Fence) -> bool:
    """`# kubectl get pods`: a prompt only where no command stands without it."""
    if fence.language not in SHELL | VAGUE | YAML or not fence.lines:
        return False
    opening = next((x for x in fence.lines if not x.startswith("# kdocs:")), "")
    return bool(_ROOT_PROMPT.match(opening)) and not any(map(is_command_line, fence.lines))


def starts_with_command(fence: Fence) -> bool:
    """The first line is a prompt or kubectl; or another tool, and kubectl follows."""
    if is_command_line(fence.first) or _HEREDOC.match(fence.first):
        return True
    return bool(_TOOL_LINE.match(fence.first)) and any(map(is_command_line, fence.lines))


def is_manifest(fence: Fence) -> bool:
    """apiVersion and kind at the left, in YAML or under a tag that says nothing."""
    if not (_API.search(fence.body) and _KIND.search(fence.body)):
        return False
    if fence.language in SHELL:  # a heredoc's body is no manifest of its own
        return bool(_API.match(fence.first) or _KIND.match(fence.first))
    return fence.language in YAML or fence.language in VAGUE


def is_output(fence: Fence) -> bool:
    """What a command has printed, and no command with it."""
    return looks_printed(fence.first) and not any(map(is_command_line, fence.lines))


def is_yaml_of_others(fence: Fence) -> bool:
    """YAML with none of Kubernetes' keys at the left and all of another tool's."""
    keys = set(_KEY.findall(fence.body))
    return (
        fence.language in YAML
        and not keys & _API_KEYS
        and any(theirs <= keys for theirs in _ELSEWHERE)
    )


def is_yaml(fence: Fence) -> bool:
    """Tagged as YAML: a manifest or a part of one."""
    return fence.language in YAML


def is_shell(fence: Fence) -> bool:
    """Tagged as a POSIX shell's."""
    return fence.language in SHELL


RULES: tuple[tuple[Callable[[Fence], bool], BlockKind], ...] = (
    (is_foreign, BlockKind.OTHER),
    (starts_with_command, BlockKind.COMMAND),
    (is_manifest, BlockKind.MANIFEST),
    (has_root_prompts, BlockKind.COMMAND),
    (is_output, BlockKind.OTHER),
    (is_yaml_of_others, BlockKind.OTHER),
    (is_yaml, BlockKind.MANIFEST),
    (is_shell, BlockKind.COMMAND),
)


def classify(language: str, body: str) -> BlockKind:
    """The kind of a fence with this language (lower case) and body."""
    fence = Fence(language, body)
    return next((kind for rule, kind in RULES if rule(fence)), BlockKind.OTHER)


def is_command_line(line: str) -> bool:
    """Whether a line begins with a prompt or a kubectl command."""
    return bool(_PROMPT.match(line) or _KUBECTL.match(line))


def looks_printed(line: str) -> bool:
    """Whether a line begins as kubectl's output does: table head, `x created`, an error."""
    return bool(_TABLE_HEAD.match(line) or _ACTION.match(line) or _SAID.match(line))
