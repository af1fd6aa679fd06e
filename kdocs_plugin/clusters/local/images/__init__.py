"""The images that notes start with: made, kept and served on this machine.

In: the machine's Debian packages (recipes). Out: a folder of blobs (store) that the node's
registry answers from (registry).
"""
