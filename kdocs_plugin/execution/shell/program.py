"""What a session's bash runs: a loop that reads statements and reports how they ended."""

from __future__ import annotations

from collections.abc import Sequence

# CONTROL and REPORT are numbers of pipes, CLOSED closes all that is ours for the step.
# A step may do to this loop:
# - `break` and `continue` outside of a loop of its own: the status is reported in the
#   loop's condition, and a loop around it begins anew.
# - `set -e`, `trap ... ERR`: what is ours stands in conditions, which neither looks at.
#   With `set -e` the step's own text ends with taking its status, so that a status that
#   bash lets pass (`! true`, `false && ls`) does not become eval's, where it would not.
# - `set -x`: put off while what is ours runs.
# `$?` of the step before is put back; control descriptors are closed for the step.
#
# A statement may begin with the number of a terminal between two marks:
# - \1 7 \1: it goes on beside those that follow, in a process group of its own, and what
#   reads and writes is that terminal. The author's own jobs keep their numbers.
# - \1 7 \2: it ends with `&`, by the author's hand: this shell starts it, and where it
#   writes to is that terminal.
PROGRAM = r"""
shopt -s expand_aliases;
k() { kubectl "$@"; };
__kdocs_q() { return "$1"; };
__kdocs_r="ready $$ " __kdocs_s=0 __kdocs_p= __kdocs_e=;
while :; do
  while
    builtin printf '%s\n' "$__kdocs_r$__kdocs_s" >&REPORT;
    __kdocs_r=;
    IFS= builtin read -r -d '' -u CONTROL __kdocs_c || builtin exit 0;
  do
    case $__kdocs_c in
    $'\1'*)
      { __kdocs_o=$-; set +x; } 2>/dev/null;
      __kdocs_c=${__kdocs_c:1};
      __kdocs_f=${__kdocs_c%%[!0-9]*};
      __kdocs_c=${__kdocs_c:${#__kdocs_f}};
      case $__kdocs_c in
      $'\1'*)
        __kdocs_c=${__kdocs_c:1};
        set -m;
        (
          set +em;
          __kdocs_s=0;
          ( builtin export TERM=xterm;
            case $__kdocs_o in *e*) set -e ;; esac;
            builtin eval "$__kdocs_p$__kdocs_c" CLOSED );
          builtin printf 'job %s %s\n' "$BASHPID" "$?" >&REPORT
        ) <&$__kdocs_f >&$__kdocs_f 2>&$__kdocs_f CONTROL<&- &
        __kdocs_r="started $! ";
        builtin disown;
        case $__kdocs_o in *m*) ;; *) set +m ;; esac;
        __kdocs_s=0 ;;
      $'\2'*)
        __kdocs_c=${__kdocs_c:1};
        builtin eval "$__kdocs_c" </dev/null >&$__kdocs_f 2>&$__kdocs_f CLOSED;
        __kdocs_s=$?;
        __kdocs_j=$(builtin jobs %% 2>/dev/null);
        case $__kdocs_j in
        '['*) __kdocs_j=${__kdocs_j#[}; __kdocs_r="jobs ${__kdocs_j%%]*} $! " ;;
        *) __kdocs_r="jobs 0 0 " ;;
        esac ;;
      esac;
      case $__kdocs_o in *x*) __kdocs_p='set -x; ' ;; esac ;;
    *)
      if __kdocs_q "$__kdocs_s";
      then builtin eval "$__kdocs_p$__kdocs_c$__kdocs_e" </dev/null CLOSED;
      else builtin eval "$__kdocs_p$__kdocs_c$__kdocs_e" </dev/null CLOSED;
      fi;
      {
        __kdocs_t=$? __kdocs_o=$-;
        set +x;
        [ "$__kdocs_e" ] || __kdocs_s=$__kdocs_t;
      } 2>/dev/null;
      case $__kdocs_o in *x*) __kdocs_p='set -x; ' ;; *) __kdocs_p= ;; esac;
      case $__kdocs_o in *e*) __kdocs_e=$'\n__kdocs_s=$?' ;; *) __kdocs_e= ;; esac ;;
    esac;
  done;
done
"""
BESIDE, STARTS = "\1", "\2"  # behind a terminal's number


def program(control: int, report: int, terminals: Sequence[int]) -> str:
    """The loop for these descriptors, in one line, so that bash's own messages say
    "line 1" for a statement's first line."""
    closed = f"{control}<&- {report}>&- " + " ".join(f"{each}>&-" for each in terminals)
    text = " ".join(PROGRAM.split("\n"))
    for name, value in (("CONTROL", control), ("REPORT", report), ("CLOSED", closed)):
        text = text.replace(name, str(value))
    return text


def on_terminal(statement: str, terminal: int, how: str) -> str:
    """The statement as the loop takes it for a terminal."""
    return f"\1{terminal}{how}{statement}"
