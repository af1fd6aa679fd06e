"""Who a scenario is on a cluster, and what it may do there.

In: a cluster's API and a scenario's namespace. Out: an identity that can do no more than
the note needs, and its end.

    identity    a namespace, an account, a short-lived token
    namespaces  made, awaited, removed
    rights      roles of least privilege
    bounds      quotas on a cluster of others
    ownership   whose a namespace is, and whether its run is over
"""
