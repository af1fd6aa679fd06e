"""Where notes run: the local cluster, or a context that the user allows.

In: a name (`local`, a context of the user's kubeconfig). Out: a `Cluster` (base.py) that
execution works with. May import the model, errors and messages.
"""
