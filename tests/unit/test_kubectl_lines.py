"""kubectl lines: what kubectl takes is no error, what it refuses is one, in its own words.

tests/kubectl_lines.txt has the lines; a live test holds its verdicts against kubectl.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin import planning, source, validation
from kdocs_plugin.commands import kubectl_pack
from kdocs_plugin.commands.kubectl import SWITCHES_BY_VERB, VALUE_FLAGS
from kdocs_plugin.messages import hint, text
from kdocs_plugin.model import Finding, Severity
from kdocs_plugin.validation import fixes

LINES = Path(__file__).parents[1] / "kubectl_lines.txt"


def judged() -> Iterator[tuple[str, str]]:
    for row in LINES.read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            yield row[:3].strip(), row[5:]


def findings(body: str, version: str = "1.37", fence: str = "bash") -> list[Finding]:
    note = source.scan("a.md", f"```{fence}\n{body}\n```\n")
    options = validation.Options((version,))
    found = validation.check(note, planning.plan(note), options)
    return [each for each in found if each.code != "KD301"]  # of files that are not there


def codes(body: str, version: str = "1.37") -> list[str]:
    return [each.code for each in findings(body, version)]


@pytest.mark.parametrize("verdict", ["ok", "no", "no?"])
def test_every_line_is_judged_as_kubectl_does(verdict: str) -> None:
    lines = [line for said, line in judged() if said == verdict]
    assert len(lines) > 20
    refused = {
        line: sum(each.severity is Severity.ERROR for each in findings(line)) for line in lines
    }
    wanted = 1 if verdict == "no" else 0
    assert [line for line, count in refused.items() if count != wanted] == []


@pytest.mark.parametrize(
    ("line", "code", "column", "said", "mend"),
    [
        ("kubectl exec -it web bash", "KD305", 22, "is not supported anymore", "web -- bash"),
        ("kubectl exec web ls -l", "KD305", 18, "", "kubectl exec web -- ls -l"),
        ("kubectl -n a descirbe pod web", "KD306", 14, "", "kubectl describe"),
        ("kubectl log web", "KD306", 9, "", "kubectl logs"),
        ("kubectl pods", "KD306", 9, "", "kubectl get pods"),
        ("kubectl create pod web", "KD306", 16, "", "kubectl run NAME --image=IMAGE"),
        ("kubectl create deployments web", "KD306", 16, "", "kubectl create deployment"),
        ("kubectl create pvc data", "KD306", 16, "", "kubectl apply -f"),
        ("kubectl get po --all-namespace", "KD307", 16, "unknown flag", "--all-namespaces"),
        ("kubectl apply --file a.yaml", "KD307", 15, "", "--filename"),
        ("kubectl logs web --since=1", "KD308", 18, 'missing unit in duration "1"', ""),
        ("kubectl run a --image=b --restart=never", "KD308", 25, "valid values", "Never"),
        ("kubectl run a --image=b -l 'x'", "KD308", 29, "unexpected label spec: x", ""),
        ("kubectl run a --image=b --replicas=3", "KD309", 25, "1.21", "--image=b --replicas=3"),
        ("kubectl run a --schedule='* * * * *'", "KD309", 15, "", '--schedule="* * * * *"'),
        ("kubectl get pods --show-all", "KD309", 18, "1.14", "kubectl get"),
        ("kubectl rolling-update a --image=b", "KD309", 9, "1.18", "CONTAINER=b"),
        ("kubectl alpha debug web --image=b", "KD309", 15, "1.21", "kubectl debug"),
        ("kubectl get psp", "KD309", 13, "1.25", "pod-security"),
        ("kubectl apply web.yaml", "KD310", 9, "Unexpected args: [web.yaml]", ""),
        ("kubectl get pod/web svc", "KD310", 9, "there is no need to specify", ""),
        ("kubectl apply -f a.yaml --record", "KD311", 25, "removed in the future", "annotate"),
        ("kubectl run a --image=b --dry-run", "KD311", 25, "deprecated", "--dry-run=client"),
        ("kubectl get cs", "KD311", 13, "v1.19", "readyz"),
        ("kubectl get deploymnet web", "KD312", 13, "deploymnet", "deployment"),
        ("kubectl scale pod web --replicas=2", "KD313", 15, "Pod", "StatefulSet"),
        ("kubectl rollout restart rs/web", "KD313", 25, "ReplicaSet", "DaemonSet"),
        ("sudo kubectl gte pods", "KD306", 14, "", "kubectl get"),
        ("watch -n 1 kubectl get pod --wide", "KD307", 28, "", ""),
    ],
)
def test_what_is_said_and_where(
    line: str, code: str, column: int, said: str, mend: str
) -> None:
    (found,) = findings(line)
    assert (found.code, found.position.line, found.position.column) == (code, 2, column)
    for language in ("ko", "en"):
        assert said in text(found.code, language, found.arguments)
        assert mend in hint(found.code, language, found.arguments)


@pytest.mark.parametrize(
    "line",
    [
        "kubectl get $THINGS",
        "kubectl $VERB pods --nonsense",
        "kubectl run web $OPTIONS",
        "kubectl delete pod $(kubectl get pod -o name)",
        "kubectl get TYPE NAME [flags]",
        "kubectl logs <파드 이름> <컨테이너> <또 하나>",
        "kubectl apply -f <kind>_<name>.yaml",
        "kubectl get -f <파일명|url> -o yaml",
        "kubectl get <파드|서비스> -o 형식",
        "kubectl get pods | xargs kubectl delete",
        "kubectl get pods -o name | xargs -n1 kubectl label app=web",
        "kubectl get pods -o custom-columns=\\\nNAME:.metadata.name,\\\nIP:.status.podIP",
        "kubectl krew install ctx",
        "kubectl argo rollouts version",
        "kubectl get certificates,gateways",
        "kubectl get ksvc",
        "kubectl exec -it $POD -- sh -c 'ls --nonsense'",
        "kubectl run a --image=b -- sh --replicas=2",
        "kubectl get pods 'never closed --nonsense",
        "echo kubectl gte pods",
        "kubectl get pods -h --nonsense=",
        "kubectl scale 디플로이먼트 --replicas=2",
        '$ kubectl gte pods\nerror: unknown command "gte" for "kubectl"',
        "$ kubectl run a --image=b --replicas=2\nError: unknown flag: --replicas",
    ],
)
def test_what_is_not_sure_stays_silent(line: str) -> None:
    assert codes(line) in ([], ["KD307"] if line.endswith("--nonsense=") else [])


def test_prose_and_probes() -> None:
    def told(sentence: str) -> list[str]:
        note = source.scan("a.md", sentence)
        return [each.code for each in validation.check(note, planning.plan(note))]

    assert told("`kubectl get pods --all-namespace`로 본다.") == ["KD307"]
    assert told("`kubectl get`과 `kubectl create -f`, `kubectl delete pod x --no`") == []
    assert told("`kubectl get -o wide`를 붙이면") == []


@pytest.mark.parametrize(
    ("line", "version", "wanted"),
    [
        ("kubectl drain a --delete-local-data", "1.30", []),
        ("kubectl drain a --delete-local-data", "1.31", ["KD309"]),
        ("kubectl exec web ls", "1.30", []),
        ("kubectl exec web ls", "1.31", ["KD305"]),
        ("kubectl get endpoints", "1.32", []),
        ("kubectl get endpoints", "1.33", ["KD311"]),
        ("kubectl kuberc view", "1.37", []),
        ("kubectl get pods --proxy-url=x", "1.36", ["KD307"]),
        ("kubectl get pods --proxy-url=x", "1.37", []),
    ],
)
def test_versions(line: str, version: str, wanted: list[str]) -> None:
    assert codes(line, version) == wanted


def mended(text: str) -> str:
    note = source.scan("a.md", text)
    found = validation.check(note, planning.plan(note))
    return fixes.apply(text, [each.fix for each in found if each.fix is not None])[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("kubectl exec -it web bash -c ls", "kubectl exec -it web -- bash -c ls"),
        ("kubectl exec web 'ls' /", "kubectl exec web -- 'ls' /"),
        ("kubectl exec web \\\n  ls", "kubectl exec web \\\n  -- ls"),
        ("kubectl gte pods --namespaces a", "kubectl get pods --namespaces a"),
        ("kubectl get po --namespaces=a", "kubectl get po --namespace=a"),
        ("kubectl run a --image=b --dry-run", "kubectl run a --image=b --dry-run=client"),
        (
            "kubectl run a --image=b --restart 'never'",
            "kubectl run a --image=b --restart 'Never'",
        ),
        ("kubectl apply -f a --server-dry-run", "kubectl apply -f a --dry-run=server"),
        ("kubectl drain a --delete-local-data", "kubectl drain a --delete-emptydir-data"),
        ("kubectl get deploymnet web", "kubectl get deployment web"),
        ("kubectl stop pod web", "kubectl stop pod web"),  # not a slip: only told
        ("kubectl rollout stat x", "kubectl rollout stat x"),
    ],
)
def test_fixes(before: str, after: str) -> None:
    for form in ("```bash\n{}\n```\n", "> ```console\n> $ {}\n> ```\n"):
        continued = "\n> > " if form.startswith(">") else "\n"
        wrap = form.format
        text = wrap(before.replace("\n", continued))
        assert mended(text) == wrap(after.replace("\n", continued))


def test_names_one_slip_away() -> None:
    manifest = (
        '```yaml title="web.yaml"\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n'
        "  name: frontend\nspec:\n  selector:\n    matchLabels: {app: a}\n  template:\n"
        "    metadata:\n      labels: {app: a}\n    spec:\n      containers:\n"
        "      - {name: web, image: nginx}\n```\n\n"
    )

    def told(*lines: str) -> list[str]:
        body = "\n".join(("kubectl apply -f web.yaml", *lines))
        note = source.scan("a.md", f"{manifest}```bash\n{body}\n```\n")
        return [each.code for each in validation.check(note, planning.plan(note))]

    assert told("kubectl rollout status deployment/fronted") == ["KD314"]
    assert told("kubectl scale deploy frontned --replicas=2") == ["KD314"]
    assert told("kubectl rollout status deployment/frontend") == []
    assert told("kubectl get deploy backend") == []
    assert (
        told("kubectl create deployment frontend2 --image=b", "kubectl get deploy frontend3")
        == []
    )
    assert told("kubectl create -f https://a/b.yaml", "kubectl get deploy fronted") == []


def test_the_pack_is_small_and_whole() -> None:
    file = Path(kubectl_pack.__file__).with_name(kubectl_pack.FILE)
    assert file.stat().st_size < 30_000
    assert kubectl_pack.versions() == ("1.34", "1.35", "1.36", "1.37")
    for version in kubectl_pack.versions():
        pack = kubectl_pack.pack(version)
        assert len(pack.commands) > 100
        assert pack.commands["rollout status"].flags["timeout"].type == "duration"
        assert pack.commands["run"].flags["image"].required
        assert "v" in pack.commands["get"].letters  # klog's, which all commands have
        assert pack.resources["hpa"].kind == "HorizontalPodAutoscaler"
        assert {r.plural for r in pack.resources.values() if r.scales} == {
            "deployments", "replicasets", "statefulsets", "replicationcontrollers",
        }  # fmt: skip


def test_the_table_for_plans_agrees_with_the_pack() -> None:
    """`parse_kubectl` knows flags that take a word by a table; kuberc is no verb of notes."""
    pack = kubectl_pack.newest()
    wrong = set()
    for path, command in pack.commands.items():
        verb = path.partition(" ")[0]
        for flag in command.flags.values() if verb != "kuberc" else ():
            for name in filter(None, (flag.spelled, flag.letter and f"-{flag.letter}")):
                takes = name in VALUE_FLAGS and name not in SWITCHES_BY_VERB.get(verb, ())
                if takes == bool(flag.alone):
                    wrong.add((verb, name))
    assert wrong == set()


@pytest.mark.parametrize(
    "body",
    [
        "kubectl get " + "a " * 20_000,
        "kubectl get " + "<a> " * 5_000,
        "kubectl get --" + "x" * 100_000,
        "kubectl run a --image=b " + "--env=x " * 5_000,
        "kubectl " + "-n " * 20_000,
        "kubectl get 'a" + "\\" * 50_000,
        "kubectl apply " + "--dry-run" * 10_000,
    ],
    ids=range(7),
)
def test_monstrous_lines_take_no_time(body: str) -> None:
    start = time.perf_counter()
    found = findings(body)
    assert time.perf_counter() - start < 10
    assert all(len(text(f.code, "en", f.arguments)) < 200_000 for f in found)
