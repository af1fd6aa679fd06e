"""A scenario's own shells.

In: statements. Out: what they print, and how they end. Knows bash and processes, nothing of
Kubernetes.

    session    one bash, its statements one after the other
    program    what that bash runs
    jobs       statements that go on beside the next ones, each on a terminal of its own
    dialogue   what a note types into a program that a command has opened
    endless    what would never end: until when it is of use
    stage      the sessions of one scenario, and what goes on in them
    processes  who runs below a shell, and how to end them
    workdir    files for the working directory
"""
