"""An author's output beside ours. The texts are test data, in kubectl's forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdocs_plugin.model import Attribute
from kdocs_plugin.outputs.align import line_up, places
from kdocs_plugin.outputs.generated import is_address, is_generated, is_private, stem

HEAD = "NAME             READY   STATUS    AGE   IP            NODE\n"
WRITTEN = HEAD + (
    "frontend-b2zdv   1/1     Running   6s    10.42.0.226   worker-1\n"
    "frontend-vcmts   1/1     Running   6s    10.42.0.227   worker-2\n"
    "web              1/1     Running   6s    10.42.0.228   worker-1\n"
)
REAL = HEAD + (
    "frontend-2mnxk   1/1     Running   2s    10.244.0.7    kdocs-control-plane\n"
    "frontend-zzb44   1/1     Running   2s    10.244.0.8    kdocs-worker\n"
    "web              1/1     Running   2s    10.244.0.9    kdocs-control-plane\n"
)


def test_rows_of_made_up_names_are_taken_in_their_order() -> None:
    assert line_up(WRITTEN, REAL) == {
        "frontend-b2zdv": "frontend-2mnxk",
        "10.42.0.226": "10.244.0.7",
        "worker-1": "kdocs-control-plane",
        "frontend-vcmts": "frontend-zzb44",
        "10.42.0.227": "10.244.0.8",
        "worker-2": "kdocs-worker",
        "web": "web",
        "10.42.0.228": "10.244.0.9",
    }


def test_a_row_that_is_known_stays_what_it_was() -> None:
    known = {"frontend-vcmts": "frontend-2mnxk"}
    found = line_up(WRITTEN, REAL, known)
    assert found["frontend-vcmts"] == "frontend-2mnxk"
    assert found["10.42.0.227"] == "10.244.0.7"
    assert found["frontend-b2zdv"] == "frontend-zzb44"


def test_who_is_gone_gives_its_place_to_who_stands_there_now() -> None:
    # Scaled down to one: another pod has survived here than at the author's.
    known = {"frontend-b2zdv": "frontend-2mnxk", "frontend-vcmts": "frontend-zzb44"}
    written = HEAD + WRITTEN.split("\n")[1] + "\n"
    real = HEAD + REAL.split("\n")[2] + "\n"
    assert line_up(written, real, known)["frontend-b2zdv"] == "frontend-zzb44"


def test_one_in_the_same_state_comes_first() -> None:
    head = "NAME        READY   STATUS      AGE\n"
    written = head + "job-b2zdv   0/1     Completed   6s\n"
    real = head + "job-2mnxk   1/1     Running     2s\njob-zzb44   0/1     Completed   2s\n"
    assert line_up(written, real)["job-b2zdv"] == "job-zzb44"


def test_other_workloads_and_other_tables_are_left_alone() -> None:
    assert line_up(WRITTEN, REAL.replace("frontend", "backend")).keys() == {
        "web",
        "10.42.0.228",
        "worker-1",
    }
    services = "NAME   TYPE   CLUSTER-IP   PORT(S)\nweb    ClusterIP   10.96.0.9   80/TCP\n"
    assert line_up(WRITTEN, services) == {}
    assert line_up(WRITTEN, "No resources found") == {}


def test_more_rows_than_here_have_nothing() -> None:
    real = "\n".join(REAL.split("\n")[:2]) + "\n"
    assert "frontend-vcmts" not in line_up(WRITTEN, real)


def test_nodes_by_their_roles() -> None:
    head = "NAME                  STATUS   ROLES           AGE   VERSION\n"
    written = head + (
        "node1                 Ready    <none>          9d    v1.26.1\n"
        "master                Ready    control-plane   9d    v1.26.1\n"
        "node2                 Ready    <none>          9d    v1.26.1\n"
    )
    real = head + (
        "kdocs-control-plane   Ready    control-plane   9s    v1.37.2\n"
        "kdocs-worker          Ready    <none>          9s    v1.37.2\n"
    )
    found = line_up(written, real)
    assert found == {"node1": "kdocs-worker", "master": "kdocs-control-plane"}


def test_get_all_has_a_table_for_each_kind() -> None:
    written = (
        "NAME            READY   STATUS\npod/web-b2zdv   1/1     Running\n\n"
        "NAME          TYPE       CLUSTER-IP    PORT(S)\n"
        "service/web   NodePort   10.96.1.1     80:31234/TCP\n"
    )
    real = written.replace("b2zdv", "2mnxk").replace("10.96.1.1", "10.96.2.2")
    found = line_up(written, real.replace("31234", "30777"))
    assert found["web-b2zdv"] == "web-2mnxk"
    assert found["10.96.1.1"] == "10.96.2.2"
    assert found["31234"] == "30777"


DESCRIBED = """\
Name:             web-5d78c9869d-x7k2p
Namespace:        default
Node:             minikube/192.168.49.2
Labels:           app=web
                  pod-template-hash=5d78c9869d
IP:               10.42.0.226
Controlled By:    ReplicaSet/web-5d78c9869d
Containers:
  nginx:
    Container ID:   containerd://9f3c1b2a4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8
"""


def test_a_description_by_its_fields() -> None:
    ours = {
        "web-5d78c9869d-x7k2p": "web-6b7f6db4d5-zzb44",
        "web-5d78c9869d": "web-6b7f6db4d5",
        "minikube": "kdocs-control-plane",
        "192.168.49.2": "172.30.0.2",
        "10.42.0.226": "10.244.0.7",
        "9f3c1b2a4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8": "aa" * 32,
    }
    real = DESCRIBED
    for old, new in ours.items():
        real = real.replace(old, new)
    real = real.replace("Labels:", "Priority: 0\nLabels:")  # newer kubectls say more
    found = line_up(DESCRIBED, real)
    assert {old: found.get(old) for old in ours if "9f3c" not in old} == {
        old: new for old, new in ours.items() if "9f3c" not in old
    }


@pytest.mark.parametrize(
    ("written", "real"),
    [
        ("pod/web-b2zdv created", "pod/web-2mnxk created"),
        ('pod "web-b2zdv" deleted', 'pod "web-2mnxk" deleted from x namespace'),
        ("web-b2zdv", "web-2mnxk"),
        ("Hello from web-b2zdv!", "Hello from web-2mnxk!"),
        ('  "name": "web-b2zdv",', '  "name": "web-2mnxk",'),
        ("  name: web-b2zdv", "  name: web-2mnxk"),
    ],
)
def test_sentences_json_and_yaml(written: str, real: str) -> None:
    assert line_up(written, real) == {"web-b2zdv": "web-2mnxk"}


def test_what_an_output_shows_of_the_author_s_run() -> None:
    found = {(p.text, p.kind, p.attribute, p.of) for p in places(WRITTEN, "pod")}
    assert ("frontend-b2zdv", "pod", Attribute.NAME, "") in found
    assert ("10.42.0.226", "pod", Attribute.IP, "frontend-b2zdv") in found
    assert ("worker-1", "node", Attribute.NAME, "") in found
    assert all(text != "web" for text, *_ in found)  # that is its name here, too
    described = {(p.text, p.kind, p.attribute, p.of) for p in places(DESCRIBED, "pod")}
    assert ("192.168.49.2", "node", Attribute.IP, "minikube") in described
    assert ("10.42.0.226", "pod", Attribute.IP, "web-5d78c9869d-x7k2p") in described


@pytest.mark.parametrize(
    ("name", "made_of"),
    [
        ("frontend-b2zdv", "frontend"),
        ("web-5d78c9869d-x7k2p", "web"),
        ("web-5d78c9869d-abcde", "web"),  # somebody typed it by hand
        ("web-5d78c9869d", "web"),
        ("nginx-deployment-2035384211-7ci7o", "nginx-deployment"),
        ("hello-28374650-lx4kd", "hello"),
        ("web-0", "web-0"),
        ("my-nginx", "my-nginx"),
        ("web-server", "web-server"),
        ("nginx-proxy", "nginx-proxy"),
        ("redis-12345", "redis-12345"),
        ("web", "web"),
    ],
)
def test_names_that_a_cluster_makes_up(name: str, made_of: str) -> None:
    assert stem(name) == made_of
    assert is_generated(name) == (name != made_of)


def test_addresses() -> None:
    assert is_address("10.42.0.226")
    assert not any(map(is_address, ("127.0.0.1", "0.0.0.0", "1.14.2", "300.1.1.1", "x")))  # noqa: S104
    assert is_private("192.168.49.2")
    assert not is_private("8.8.8.8")


LINES = st.lists(
    st.one_of(st.sampled_from([*WRITTEN.split("\n"), *DESCRIBED.split("\n")]), st.text()),
    max_size=8,
).map("\n".join)


@given(LINES, LINES)
def test_any_two_texts(written: str, real: str) -> None:
    for old, new in line_up(written, real, {"web": "other"}).items():
        assert old in written
        assert new in real
    for place in places(written, "pod"):
        assert place.text in written.split("\n")[place.line]
