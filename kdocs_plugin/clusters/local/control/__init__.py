"""What Kubernetes is told: certificates, command lines, and the first questions to it.

In: addresses and paths. Out: a `Plan` of files and processes (components).
"""
