"""Notes that nobody should have written, by name: what kdocs must survive.

Each is a note's bytes. `notes(size)` makes them with `size` as the length of what is long or
deep in them, so that a test can keep them small and a measurement can go to the limit.
"""

# ruff: noqa: E501 - a hostile note reads best on one line
from __future__ import annotations

import codecs
import unicodedata

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: nginx\n"


def fenced(language: str, body: str) -> str:
    """A note of one fence."""
    return f"# 파드\n\n```{language}\n{body.rstrip(chr(10))}\n```\n\n`kubectl get pods`\n"


def notes(size: int) -> dict[str, bytes]:
    """Every hostile note, by name. `size`: characters or repetitions, 10 and more."""
    texts = {**of_yaml(size), **of_markdown(size), **of_shell(size), **front_matters(size)}
    return {**{name: text.encode() for name, text in texts.items()}, **encoded()}


def of_yaml(size: int) -> dict[str, str]:
    """Manifest blocks."""
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    merges = "m0: &m0 {a: 1}\n" + "".join(
        f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}, *m{n - 1}]}}\n" for n in range(1, 24)
    )
    wide = "".join(f"k{n}: &k{n} v\n" for n in range(size // 10))
    aliases = "base: &base {a: {b: c}}\nlist:\n" + "- *base\n" * (size // 10)
    bodies = {
        "alias_bomb": bomb,
        "alias_bomb_in_a_pod": POD + bomb,
        "alias_of_itself": "a: &a\n  b: *a\n",
        "aliases_many": aliases,
        "anchors_many": wide,
        "anchors_across_documents": "a: &a 1\n---\nb: *a\n",
        "merge_bomb": merges,
        "merge_of_itself": "a: &a\n  <<: *a\n",
        "merge_of_scalars": "a: &a 1\nb:\n  <<: *a\nc:\n  <<: [1, [2], {d: e}]\n",
        "flow_deep": "a: " + "[" * size,
        "flow_deep_closed": "a: " + "[" * size + "]" * size,
        "mappings_deep": "{a: " * size,
        "block_deep": "".join(" " * n + "a:\n" for n in range(min(size, 1000))),
        "dashes_deep": "- " * size + "a",
        "questions_deep": "? " * size + "a",
        "scalar_long": POD + "  x: " + "가" * size,
        "scalar_quoted_long": POD + '  x: "' + "\\n" * (size // 2) + '"',
        "scalar_block_long": POD + "  x: |\n" + "    a\n" * (size // 6),
        "scalar_unclosed": POD + '  x: "' + "a " * size,
        "key_long": "k" * size + ": v",
        "numbers_long": "a: " + "9" * size + "\nb: 1" + "_" * size + "\nc: 0x" + "f" * size,
        "exponents": "a: 1e" + "9" * size + "\nb: -" + "0" * size + ".\nc: " + "1" * 390,
        "documents_many": "---\na: 1\n" * (size // 10),
        "pods_many": (POD + "---\n") * (size // 100),
        "separators_only": "---\n" * size,
        "comments_only": "# a\n" * size,
        "duplicate_keys": "a: 1\n" * (size // 5),
        "unknown_fields": POD + "".join(f"  imagee{n}: 1\n" for n in range(size // 20)),
        "containers_wrong": POD + "  - name: 1\n    imagee: {}\n" * (size // 20),
        "tags": "a: !!python/object/apply:os.system ['true']\nb: !!binary '@@@'\n"
        "c: !!int x\nd: !!set {a, b}\ne: !!omap [a: 1]\nf: ! x\ng: !<tag:x,2000:y> z\n"
        "h: !!timestamp 2001-01-01\ni: !!float [1]\nj: !!null {}\nk: !!bool maybe\n",
        "tags_on_identity": "apiVersion: !!int 1\nkind: !!binary UG9k\nmetadata: !!str {}\n",
        "keys_of_all_kinds": "1: a\ntrue: b\n~: c\n[a]: d\n{b: c}: e\n.nan: f\n? - x\n: g\n",
        "identity_of_all_kinds": "apiVersion: [v1]\nkind: {a: b}\n---\napiVersion: 1\nkind: 2\n"
        "---\n- v1\n- Pod\n---\nPod\n---\napiVersion: v1\nkind: List\nitems: 3\n",
        "list_in_list": "apiVersion: v1\nkind: List\nitems:\n"
        + "- {apiVersion: v1, kind: List, items: [" * 40,
        "types_all_wrong": POD.replace("web", "[1, {a: b}]").replace("nginx", "{c: [d]}"),
        "nothing_there": "apiVersion: v1\nkind: Pod\nmetadata:\nspec:\n",
        "template": "{{- range .Values.x }}\napiVersion: v1\nkind: Pod\n{{- end }}\n",
        "template_inside": POD + "  x: {{ .Values.y | quote }}\n{% if a %}\n" + "{{" * size,
        "tabs_everywhere": POD.replace("  ", "\t").replace(": ", ":\t") + "\t" * size + "x",
        "tabs_many_lines": "a:\n" + "\tb: 1\n" * (size // 6),
        "tabs_and_blanks": "a:\n" + " \t" * (size // 2) + "b: 1\n",
        "windows_paths": POD + '  a: "C:\\Users\\민수"\n  b: C:\\Users\n  c: C:\\\n',
        "control_characters": POD + "  a: \x01\x7f\x85\u2028\ufeff\ufffe\U0010ffff\n",
        "directives": "%YAML 9.9\n%TAG ! tag:x,2000:\n---\na: !b c\n%FOO\n",
        "ellipses": POD
        + "...\n" * (size // 4)
        + "  # (생략)\n"
        + "." * size
        + "\n"
        + "~·-#*" * size,
        "blanks": " " * size + "\n" + "a:" + " " * size + "\n" + " #" * size + "\n",
        "colons": ":" * size + "\n" + "a: " * size + "\n- - : ? | > & * ! % @ `\n",
        "quantities": POD + "    resources:\n      limits:\n        cpu: " + "9" * size + "m\n"
        f"        memory: {'1.' * size}Gi\n    ports:\n    - containerPort: 1{'0' * 400}\n",
        "cron": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: '"
        + "*/1," * size
        + "'\n",
        "names_long": POD.replace("web", "a-" * size).replace(
            "nginx", "a/" * size + ":" * size
        ),
        "labels_odd": POD.replace(
            "name: web\nspec", "labels: {1: 2, a: [b], '': '', 가: 나}\n  name: web\nspec"
        ),
        "crd_odd": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\n"
        "spec: {group: b.c, names: {kind: A, plural: as}, versions: [{name: v1, schema: {openAPIV3Schema: "
        "{type: [x], pattern: '(((', properties: [1], '$ref': '#/a'}}}, 3, {name: []}]}\n"
        "---\napiVersion: b.c/v1\nkind: A\nmetadata: {name: x}\n",
        "crd_of_itself": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.c}\n"
        "spec: {group: b.c, names: {kind: A, plural: as}, scope: Namespaced, versions: [{name: v1, served: true, storage: true, "
        "schema: {openAPIV3Schema: &x {type: object, properties: {a: {type: string, pattern: '(a+)+$'}}}}}]}\n"
        "---\napiVersion: b.c/v1\nkind: A\nmetadata: {name: x}\na: " + "a" * 40 + "!\n",
        "selectors_odd": "apiVersion: v1\nkind: Service\nmetadata: {name: [a]}\nspec: {selector: {a: [1]}, ports: [3, {port: x}, {}]}\n"
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: 3\nspec: {selector: 3, template: {spec: {containers: {a: b}, volumes: 3}}}\n",
    }
    return {f"yaml_{name}": fenced("yaml", body) for name, body in bodies.items()}


def of_markdown(size: int) -> dict[str, str]:
    """The structure of notes."""
    line = "가 나 <pod-name> "
    bodies = {
        "empty": "",
        "newlines": "\n" * size,
        "carriage_returns": "# a\r\r```yaml\ra: 1\r```\r" + "\r" * size,
        "line_long": line * size,
        "line_of_ticks": "`" * size,
        "ticks_growing": " ".join("`" * n for n in range(1, int(size**0.5))),
        "fence_long": "`" * size + "yaml\na: 1\n" + "`" * size,
        "fence_header_long": "```yaml " + 'title="a" ' * size + "\na\n```\n",
        "fence_header_braces": "```{" + ".a " * size + "\na\n```\n" + "```{" * size,
        "fences_many": "```yaml\na: 1\n```\n" * (size // 16),
        "fences_shell_many": "```bash\nkubectl get pods\n```\n" * (size // 24),
        "fences_unclosed_many": "```yaml\n~~~\n" * (size // 12),
        "fences_cut_many": "  ```yaml\na\n" * (size // 12),
        "fences_in_fences": "".join("`" * n + "\n" for n in range(3, int(size**0.5)))
        + "".join("`" * n + "\n" for n in range(int(size**0.5), 2, -1)),
        "manifests_many": fenced("yaml", POD) * (size // 130),
        "applies_many": "".join(
            f"`p{n}.yaml`\n\n```yaml\n{POD}```\n\n```bash\nkubectl apply -f p{n}.yaml\n```\n\n"
            for n in range(size // 200)
        ),
        "applies_of_nothing": "```yaml\n"
        + POD
        + "```\n"
        + "".join(f"```bash\nkubectl apply -f p{n}.yaml\n```\n" for n in range(size // 40)),
        "quotes_deep": "> " * size + "a",
        "quotes_growing": "".join("> " * n + "a\n" for n in range(int(size**0.5))),
        "callouts_deep": "".join("> " * n + "[!NOTE] a\n" for n in range(1, int(size**0.5))),
        "callouts_many": "> [!TIP]- 제목\n> 글\n\n" * (size // 20),
        "callout_title_long": "> [!TIP"
        + "|a" * size
        + "] "
        + " \t" * size
        + "\n> [!"
        + "a-" * size,
        "lists_deep": "".join(" " * (4 * n) + "- a\n" for n in range(int(size**0.5))),
        "lists_many": "- a\n    - b\n" * (size // 12),
        "list_marks": "- " * size + "a\n" + "1. " * size + "a",
        "headings_many": "# a\n\n## b\n\n" * (size // 12),
        "underlines": "a\n---\nb\n===\n" * (size // 12) + "-" * size + "\n" + "=" * size,
        "comments_unclosed": "<!-- " * size,
        "comments_many": "<!-- a -->\n\n" * (size // 12),
        "comments_in_a_paragraph": "a <!-- b --> c\n" * (size // 15) + "<!--" * size + "-->",
        "annotations_many": "<!-- kdocs: execute=off -->\n" * (size // 28)
        + "<!-- kdocs: "
        + "a=b " * size
        + "-->",
        "html_unclosed": "<div>\n" * (size // 6),
        "html_closing": "</div>\n" * (size // 7) + "<div " + "a='b' " * size + ">",
        "html_attributes": '<div a="' * size + "\n" + "<div <" * size,
        "html_nested": "<div>" * size + "</div>" * size,
        "tables": "| a | b |\n| - | - |\n" + "| `c` | d |\n" * (size // 12),
        "table_wide": "|a" * (size // 2)
        + "\n"
        + "|-" * (size // 2)
        + "\n"
        + "|`b`" * (size // 4),
        "brackets": "[" * size + "a" + "](" * size + "![" * size,
        "stars": "*" * size + "a" + "_" * size + " **a" * size,
        "footnotes": "[^1]: a\n\n" * (size // 9) + "[^1]" * size,
        "admonitions": "!!! note\n    a\n\n" * (size // 17) + "??? " * size,
        "tabs": "\t" * size + "a\n" + "\t- a\n" * (size // 5),
        "tabs_at_fences": "\t```yaml\n\ta: 1\n\t```\n" * (size // 20),
        "spans_many": "`kubectl get pods` " * (size // 19),
        "spans_of_lines": ("`a\n" * 3 + "\n") * (size // 10),
        "nul": "# a\0b\n\n```yaml\na: \0\n```\n\n```bash\nkubectl get \0\n```\n`kubectl get \0`\n",
        "decomposed": unicodedata.normalize(
            "NFD", "# 파드\n\n`kubectl get pods`\n\n" + fenced("yaml", POD + "  파드: 1\n")
        ),
        "bidi": "# \u202e파드\u2066 \u200b\u200d\n\n```bash\nkubectl get \u202epods\n```\n",
        "placeholders": "```bash\n" + "kubectl get pod <" * (size // 17) + "\n```\n",
        "placeholders_nested": "```bash\nkubectl get pod "
        + "<a " * size
        + ">" * size
        + "{가" * size
        + "\n```\n",
        "our_own_marks": "\x02kdocs:0\x03 kdocs-1 <!--kdocs:0--> \x02wzxhzdk:0\x03 {{ page.title }} {% raw %}\n\n"
        + fenced("bash", "kubectl get pods"),
    }
    return {f"markdown_{name}": body for name, body in bodies.items()}


def of_shell(size: int) -> dict[str, str]:
    """Command blocks."""
    bodies = {
        "quote_unclosed": "kubectl get pods 'a\nb\n" * (size // 24) + '"',
        "heredoc_unclosed": "cat <<EOF > a.yaml\n" + POD * (size // 100),
        "heredocs_many": "cat <<EOF > a.yaml\na: 1\nEOF\n" * (size // 28),
        "heredocs_on_a_line": "cat" + " <<A" * size + "\n",
        "parentheses": "kubectl get $(" * size,
        "braces": "${" * size + "}" * size,
        "subshells": "(" * size + "kubectl get pods" + ")" * size,
        "backquotes": "kubectl get `" * size,
        "pipes": "kubectl get pods | " * (size // 19) + "cat",
        "ands": "kubectl get pods && " * (size // 20) + "true",
        "ifs": "if true; then " * (size // 14) + "kubectl get pods",
        "whiles": "while true; do\n" * (size // 15),
        "cases": "case a in b) " * (size // 13),
        "functions": "f() { f; }; " * (size // 12) + "f",
        "continuations": "kubectl get pods \\\n" * (size // 19),
        "redirections": "kubectl get pods" + " > a" * size,
        "words_many": "kubectl get pod" + " a" * size,
        "word_long": "kubectl get pod " + "a" * size,
        "flags_many": "kubectl get pods" + " -o=yaml" * size,
        "files_many": "kubectl apply"
        + " -f a.yaml" * (size // 10)
        + "\nkubectl apply -f "
        + "a/" * size
        + "b.yaml",
        "statements_many": "kubectl get pods\n" * (size // 17),
        "deletes_many": "".join(
            f"kubectl run a{n} --image=nginx\nkubectl delete pod a{n}\n"
            for n in range(size // 50)
        ),
        "prompts_many": "$ kubectl get pods\nNAME   READY\nweb    1/1\n" * (size // 44),
        "prompt_long": "[root@"
        + "a" * size
        + "]# kubectl get pods\n"
        + "a" * size
        + "@b:~$ ls\n",
        "prompt_blanks": "$" + " " * size + "kubectl get pods\nnode01" + " " * size + "$ ls\n",
        "settings": "sudo " * size + "kubectl get pods\n" + "A=b " * size + "kubectl get\n",
        "settings_watch": "watch -n 1 " * size + "x\nsudo " + "-a " * size + "\n",
        "comments": "# a\n" * (size // 4) + "#" * size + "\n# " + " " * size + "x",
        "outputs_long": "kubectl get pods\n"
        + "# web   1/1     Running   0   1m\n" * (size // 33),
        "output_wide": "kubectl get pods\nNAME"
        + "   A" * size
        + "\nweb"
        + "   b" * size
        + "\n",
        "table_heads": ("NAME" + " " * size + "READY\n")
        + "A"
        + " A" * size
        + "\n"
        + "A-" * size
        + "\n",
        "created": "a" * size
        + " created\n"
        + "pod/" * size
        + " created\n"
        + 'a "'
        + 'b "' * size,
        "exec_heredoc": "kubectl exec -it a -- sh <<'EOF'\n" + "ls\n" * (size // 3),
        "exec_lines": "kubectl exec -it a -- sh\n" + "# ls\n" * (size // 5) + "exit\n",
        "unicode": "kubectl get 파드\u00a0\u3000\u200b “a” ‘b’ — \U0001f600\n" * (size // 40),
        "windows": "PS C:\\Users\\민수> kubectl get pods\r\nC:\\> dir\r\n" + "\\" * size,
        "syntax": ")) ;; & | ! { } [[ ((\n" * (size // 22),
        "dollars": "$" * size + "\n" + "$ " * size + "\n" + "$((" * size,
        "arithmetic": "$((" + "1+" * size + "1))",
        "globs": "ls " + "*" * size + "[" * size + "?" * size,
        "angle_brackets": "<" * size + "\n" + ">" * size + "\n" + "<a> " * size,
    }
    return {f"shell_{name}": fenced("bash", body) for name, body in bodies.items()}


def front_matters(size: int) -> dict[str, str]:
    """What stands at the top. MkDocs itself reads it too."""
    bodies = {
        "list": "- a\n- b\n",
        "number": "3\n",
        "deep": "a: " + "[" * size + "\n",
        "deep_small": "a: " + "[" * 500 + "]" * 500 + "\n",
        "bomb": "a: &a [x]\n"
        + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n"
            for n in range(12)
        ),
        "bomb_in_kdocs": "a: &a [x]\n"
        + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n"
            for n in range(8)
        )
        + "kdocs: {ignore: *i, kubernetes: *i, bind: *i, needs: *i, execute: *i}\n",
        "of_itself": "a: &a {b: *a}\n",
        "kdocs_of_itself": "kdocs: &a {ignore: [*a], kubernetes: *a, needs: [*a], bind: {x: *a}}\n",
        "tags": "a: !!python/object/apply:os.system ['true']\n",
        "dates": "date: 2026-13-45\nb: 2026-02-30T99:99:99Z\n",
        "keys": "1: a\n? [a]\n: b\ntrue: c\n~: d\n",
        "kdocs_odd": "kdocs: [1]\n",
        "kdocs_values": "kdocs: {ignore: 3, kubernetes: [x], validate: {a: b}, execute: [], timeout: {}, bind: 3, needs: 7, nodes: -1, title: {}}\ntitle: {a: b}\ntags: 3\n",
        "kdocs_numbers": "kdocs: {timeout: 1.0e+400, nodes: 99999999999999999999, kubernetes: 1.3e999, bind: {1: 2}}\n",
        "kdocs_versions": "kdocs: {kubernetes: '" + "1." * size + "-" * size + "'}\n",
        "timeouts": "kdocs: {timeout: '" + "9" * size + "s'}\n",
        "unclosed": "a: 'b\n" * 3,
        "long": "a: " + "b" * size + "\n",
        "keys_many": "".join(f"k{n}: 1\n" for n in range(size // 8)),
    }
    made = {
        f"front_{name}": f"---\n{body}---\n\n# 제목\n\n`kubectl get pods`\n"
        for name, body in bodies.items()
    }
    return {
        **made,
        "front_open": "---\n" + "a: 1\n" * (size // 5),
        "front_rules": "---\n" * size,
    }


def encoded() -> dict[str, bytes]:
    """Bytes that are not plain UTF-8."""
    text = fenced("yaml", POD)
    return {
        "bytes_utf8_bom": codecs.BOM_UTF8 + text.encode(),
        "bytes_two_boms": codecs.BOM_UTF8 * 2 + b"---\na: 1\n---\n" + text.encode(),
        "bytes_utf16": text.encode("utf-16"),
        "bytes_utf16_be": text.encode("utf-16-be"),
        "bytes_utf32": text.encode("utf-32"),
        "bytes_cp949": text.encode("cp949"),
        "bytes_broken": text.encode().replace(b"nginx", b"\xff\xfe\xed\xa0\x80\xc0\x80"),
        "bytes_half_a_character": text.encode() + "가".encode()[:2],
        "bytes_all": bytes(range(256)) * 8,
        "bytes_nul": b"\0" * 1000,
        "bytes_crlf": text.replace("\n", "\r\n").encode(),
        "bytes_cr": text.replace("\n", "\r").encode(),
        "bytes_mixed_ends": text.replace("\n", "\r\n", 3).replace("\n", "\n\r", 8).encode(),
    }
