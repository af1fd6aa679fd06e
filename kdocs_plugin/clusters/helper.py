"""A pod of the scenario's namespace that runs what the scenario's shell can't.

Pod IPs are not reachable from outside of a cluster; and no shell of ours may send pings.
So these programs are bash functions that go into the pod by `kubectl exec`, with the
streams and the exit status that the program has there. execution/helper.py makes the pod.
"""

from __future__ import annotations

POD = "kdocs-helper"
# Everywhere; the others where the shell is not in the pods' network.
ALWAYS = ("nslookup", "ping")
PROGRAMS = (*ALWAYS, "curl", "wget")

# NAME, FLAGS and NAMESPACE are put in. What asks the machine itself (a port-forward) stays on
# it. kubectl adds a line of its own where the status is not 0: that is not the program's.
FUNCTION = r"""
NAME() {
  local word input= real;
  for word; do
    case $word in
      localhost|localhost[:/]*|*//localhost|*//localhost[:/]*|127.*|*//127.*|\[::1\]*|*//\[::1\]*)
        real=$(type -aP NAME | grep -v '/kdocs-programs/' | head -n 1);
        "${real:-/nowhere/NAME}" "$@"; return ;;
      @-) input=-i ;;
    esac;
  done;
  { command kubectl exec $input -n NAMESPACE POD -- NAME FLAGS "$@" 2>&1 >&3 3>&- |
      sed '/^command terminated with exit code [0-9]*$/d' >&2; } 3>&1;
  return "${PIPESTATUS[0]}";
}
"""
FOLDER = "kdocs-programs"  # where a shell of the user's machine has them as programs


def function(name: str, namespace: str) -> str:
    """The function, on one line, so that bash numbers a statement's lines as they stand."""
    flags = {"curl": "--no-progress-meter"}.get(name, "")
    text = FUNCTION.replace("NAMESPACE", namespace).replace("NAME", name)
    return " ".join(text.replace("POD", POD).replace("FLAGS", flags).split("\n")).strip()


def program(name: str, namespace: str) -> str:
    """The same as a program, which `timeout` and `xargs` find as well."""
    return f'#!/bin/bash\n{function(name, namespace)}\n{name} "$@"\n'
