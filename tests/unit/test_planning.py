"""Planning over any note: it never raises, it is consistent, its time grows with size."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin.model import Decision
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.planning.plan import namespace_of, seconds
from kdocs_plugin.planning.policy import policy
from kdocs_plugin.records import fingerprints_of
from kdocs_plugin.source import scan

LINES = st.sampled_from(
    [
        "```bash", "```yaml", "```", "```", "```console", '```yaml title="a.yaml"',
        "kubectl run web --image=nginx", "kubectl apply -f a.yaml", "kubectl delete pod web",
        "kubectl apply -f b.yaml", "kubectl delete -f a.yaml", "kubectl logs <pod-name>",
        "$ kubectl get pods", "# kubectl get pods", "NAME   READY", "web    1/1",
        "pod/web created",
        "`kubectl get pods`, `kubectl logs web`", "`curl <파드의 IP>:80`", "apiVersion: v1",
        "kind: Pod", "metadata: {name: web}", "metadata: {name: [}", "\tname: x",
        "다음 b.yaml을",
        "cat a.yaml", "vim b.yaml", "cat <<EOF > c.yaml", "EOF", "kubectl exec -it web -- sh",
        "exit", "/ # ls", "kubectl delete all --all", "kubectl apply -f .", "", "# 제목",
        "<!-- kdocs: execute=off -->", "# kdocs: timeout=3s", "kubectl create ns {이름}",
        "echo 'x",
    ]
)  # fmt: skip
NOTES = st.lists(LINES, max_size=25).map("\n".join)


@given(NOTES)
@settings(deadline=None)
def test_any_note_has_a_plan(text: str) -> None:
    note = scan("노트.md", text)
    scenario = plan(note, Options(read_file={"b.yaml": "kind: [\n"}.get))
    assert scenario == plan(note, Options(read_file={"b.yaml": "kind: [\n"}.get))
    lines = text.split("\n")
    for number, step in enumerate(scenario.steps):
        assert step.index == number
        assert (step.decision is Decision.SHOW) == bool(step.reason)
        first = step.command.split("\n")[0]
        place = step.position
        if step.kind == "step":
            assert lines[place.line - 1][place.column - 1 :].startswith(first)
        if step.expected is not None:
            assert place.line < step.expected.line <= step.expected.end_line <= len(lines)
        if step.decision is Decision.RUN:
            assert all(
                r.bound is not None or r.object_name is not None for r in step.references
            )
    steps = [step for step in scenario.steps if step.kind == "step"]
    assert [s.position for s in steps] == sorted(s.position for s in steps)
    befores = [file.before for file in scenario.files]
    assert befores == sorted(befores)
    assert all(0 <= before <= len(scenario.steps) for before in befores)
    fingerprints_of(scenario)


@pytest.mark.parametrize(
    ("path", "namespace"),
    [
        ("06-1-2-pod.md", "kdocs-06-1-2-pod-"),
        ("노트/파드.md", "kdocs-"),
        ("A B_c.MD", "kdocs-a-b-c-"),
        ("x" * 300 + ".md", "kdocs-" + "x" * 40 + "-"),
        ("---.md", "kdocs-"),
    ],
)
def test_namespaces(path: str, namespace: str) -> None:
    found = namespace_of(path)
    assert found.startswith(namespace)
    assert len(found) <= 63
    assert found == namespace_of(path) != namespace_of("x/" + path)
    assert not found.endswith("-")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("90s", 90.0), ("2m", 120.0), ("500ms", 0.5), (7, 7.0), ("1.5", 1.5), ("0", 60.0),
     ("-1", 60.0), ("언젠가", 60.0), (None, 60.0), (True, 60.0), ("9" * 400, 60.0), ("inf",
     60.0)],
)  # fmt: skip
def test_seconds(value: object, expected: float) -> None:
    assert seconds(value, 60.0) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "on"), (False, "off"), ("OFF", "off"), ("auto", "auto"), (None, "d"), ("quick",
     "d"),
     ("true", "on"), (3, "d")],
)  # fmt: skip
def test_policy(value: object, expected: str) -> None:
    assert policy(value, "d") == expected


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\n"
HOSTILE = {
    "blocks and -f": lambda n: (
        f"```yaml\n{POD % n}```\n```bash\nkubectl apply -f f{n}.yaml\n```\n"
    ),
    "blocks without -f": lambda n: f"```yaml\n{POD % n}```\n",
    "-f without blocks": lambda n: f"```bash\nkubectl apply -f f{n}.yaml\n```\n",
    "pods and placeholders": lambda n: (
        f"```bash\nkubectl run p{n} --image=x\nkubectl logs <pod>\n```\n"
    ),
    "probes that wait": lambda n: f"`kubectl logs p{n}`\n",
    "probes and pods": lambda n: (
        f"`kubectl logs p{n}`\n\n```bash\nkubectl run p{n} --image=x\n```\n"
    ),
    "made and deleted": lambda n: (
        f"`kubectl get po` `kubectl logs p{n}`\n\n```bash\nkubectl run p{n} --image=x\n"
        f"kubectl delete po p{n}\n```\n"
    ),
    "commands and outputs": lambda n: (
        f"```bash\n$ kubectl get po p{n}\nNAME   READY\nx      1/1\n```\n"
    ),
    "folders": lambda n: f'```yaml title="a{n}/b/c/x.yaml"\n{POD % n}```\n',
    "named later": lambda n: (
        f"```bash\nkubectl apply -f x.yaml\n```\nx.yaml\n```yaml\n{POD % n}```\n"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_size(name: str) -> None:
    def cost(count: int) -> float:
        note = scan("a.md", "".join(HOSTILE[name](n) for n in range(count)))
        started = time.process_time()
        fingerprints_of(plan(note))
        return time.process_time() - started

    cost(20)
    small, large = max(cost(150), 0.02), cost(1200)
    if large > 24 * small:
        large = min(large, cost(1200))
    assert large < 24 * small


@pytest.mark.parametrize(
    "body",
    [
        "x" * 1_000_000,
        "<pod-name> " * 50_000,
        "{" * 500_000,
        "'\n" * 200_000,
        "$ a\n" * 100_000,
    ],
)
def test_a_megabyte(body: str) -> None:
    started = time.process_time()
    plan(scan("a.md", f"```bash\n{body}\n```\n"))
    assert time.process_time() - started < 60
