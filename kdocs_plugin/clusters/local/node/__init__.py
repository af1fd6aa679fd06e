"""What runs inside the node's namespaces, and what it stands in: roots, control groups.

In: over a socket, what to mount, write and start (init). It knows nothing of Kubernetes.
"""
