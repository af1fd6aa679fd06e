"""Getting the local cluster's binaries: release files, or source through Go's proxy.

In: the network, once. Out: an `Installation` in the user's cache folder (installation).
"""
