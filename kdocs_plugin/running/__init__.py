"""Several pages in one run.

In: pages and settings. Out: each page with a cluster and its turn. May import all below
`pipeline`.

    hosting       which cluster a page runs on, and what becomes of it
    neighbours    which pages may run beside which
    side_by_side  work on several items at once, results in their order
"""
