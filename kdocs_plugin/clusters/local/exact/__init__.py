"""The API server's own verdict, without root: etcd and kube-apiserver and nothing else.

In: an installation. Out: a `ControlPlane` (a throw-away API server on loopback, gone with
its owner) and an `Oracle`, which asks it what it would say to an object:

    with ControlPlane.start(installation) as plane, Oracle(plane) as oracle:
        verdict = oracle.judge({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}})
        verdict.accepted            # False
        verdict.refusals[0].field   # spec.containers

    control_plane   starting it, ending it, removing what dead ones left
    guard           the process between it and its owner; it must start fast
    client          requests, and what kubectl makes of a text before it asks
    state           what an empty cluster lacks, so that it refuses for no other reason
    oracle          both together

May import what clusters/local may, and manifests.
"""
