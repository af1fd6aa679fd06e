"""Makes the font files that a site serves itself: kdocs_plugin/rendering/fonts.

    pip install "fonttools[woff]" && python scripts/build_fonts.py

From two packages of npm, each pinned by version and checksum, under the SIL Open Font License:
Pretendard for text (regular and bold), D2Coding for code. What is shipped are modified versions
in the licence's sense, so they go by names of their own, KDocs Text and KDocs Code.

Letters: Latin, punctuation, and the 2,350 syllables of KS X 1001, which Korean text keeps to;
anything rarer is the reader's own font's. They are cut into slices in the order of how common
they are (Google's, as Pretendard's package has it), and each slice names its letters
(unicode-range): a browser loads only those that a page needs.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

OUT = Path(__file__).parents[1] / "kdocs_plugin" / "rendering" / "fonts"
PACKAGES = {
    "pretendard@1.3.9": "PaQAADyLY5v4kYFwkpSJHbSSYIkiriY/1xXw75TKoZ9UQQqeU+tvP05yTdZAWibiIYoo"
    "8ZKtRv8PM7w0IaywSw==",
    "d2coding@1.3.2": "g+Dgy1ZSAKTgWIl2jhpr6K3keFic8aapOFlVh74eoBYPbjGq5lMdEzANG5w6hFX1fzQB"
    "saAzhuTYICRjyt4OcA==",
}
RANGES = "package/dist/web/static/pretendard-dynamic-subset.css"
# Our file name, CSS family and weight; where the font is in its package.
FACES = (
    ("text", "KDocs Text", 400, "package/dist/public/static/Pretendard-Regular.otf"),
    ("bold", "KDocs Text", 700, "package/dist/public/static/Pretendard-Bold.otf"),
    ("code", "KDocs Code", 400, "package/src/d2coding.ttf"),
)
FEATURES = [*subset.Options().layout_features, "tnum"]
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
SIGNS = "–—‘’“”‚„†‡•…‰′″※‹›€™←↑→↓↔⇒⇔−∞≈≠≤≥■□▲△▶▷▼▽◀◆◇○◎●★☆♥✓"
BRACKETS = "、。〈〉《》「」『』【】①②③④⑤⑥⑦⑧⑨⑩"
MARKS = [ord(each) for each in SIGNS + BRACKETS]
BOXES = list(range(0x2500, 0x25A0))  # trees and frames of terminals
JAMO = list(range(0x3131, 0x3164))
# The face that stands in until ours is there (Noto's, on Android and Linux) has syllables
# 0.92em wide, Pretendard 0.864em: fitted, lines break at the same words.
FIRST = 400  # syllables in the first slice; they make up nine tenths of Korean text
# What beyond them is common in notes on Kubernetes: 컨테이너, 오브젝트, 볼륨, 템플릿, 챕터.
IN_NOTES = (
    "값컨령끝쿠뒤뜻컴젝긴쓴널먼엇앞둔렇읽므퓨롤넘꾸쓸칸빈셸첫띄묶칙몇혀폴밖륨째뀌쳐힌붙둘죽낸닌범"
    "넣켜꾼뿐컬렸떻옆멈졌눅쪽겹럿템챕풀떤씩셋례릿텍꿀틀써맡잠곁깥닿깃끊넌획옛칠빌됐눠룬렉왜얻뀐옮"
    "끈롬략춘콜탭쿼헬훅앱맵큐"
)
SLICE = 130  # in each of the others


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {name: unpacked(name, mark, Path(folder)) for name, mark in PACKAGES.items()}
        pretendard, d2coding = files.values()
        hangul = by_frequency((pretendard / RANGES).read_text())
        first = list(dict.fromkeys([*hangul[:FIRST], *map(ord, IN_NOTES)]))
        rest = [code for code in hangul if code not in first]
        pieces = [first, *(rest[at : at + SLICE] for at in range(0, len(rest), SLICE))]
        OUT.mkdir(parents=True, exist_ok=True)
        for old in OUT.glob("*.woff2"):
            old.unlink()
        rules = []
        for number, piece in enumerate(pieces):
            for name, family, weight, path in FACES:
                package = d2coding if name == "code" else pretendard
                wanted = list(piece)
                if number == 0 and name != "code":
                    wanted += LATIN + MARKS
                if number == len(pieces) - 1:
                    wanted += JAMO
                rules.append(sliced(package / path, f"{name}-{number}", family, weight, wanted))
                if number == 0 and name == "code":
                    latin = LATIN + MARKS + BOXES
                    rules.append(sliced(package / path, "code-latin", family, weight, latin))
        (OUT / "fonts.css").write_text(HEAD + "\n".join(rules) + "\n")
        licence = (pretendard / "package/dist/LICENSE.txt").read_text()
        (OUT / "LICENSE.txt").write_text(LICENCE_HEAD + licence)
    sizes = {each.name: each.stat().st_size for each in sorted(OUT.iterdir())}
    sys.stdout.write("".join(f"{size:8} {name}\n" for name, size in sizes.items()))
    sys.stdout.write(f"{sum(sizes.values()):8} in all\n")


HEAD = """\
/* Modified versions of Pretendard (KDocs Text) and D2Coding (KDocs Code), SIL Open Font License
   1.1: fonts/LICENSE.txt. Made by scripts/build_fonts.py. */
:root{--md-text-font:"KDocs Text","KDocs Fallback","Apple SD Gothic Neo","Malgun Gothic",\
"Noto Sans KR","Noto Sans CJK KR";--md-code-font:"KDocs Code",SFMono-Regular,Menlo,Consolas,\
"Noto Sans Mono CJK KR"}
@font-face{font-family:"KDocs Fallback";size-adjust:93.9%;\
src:local("Noto Sans CJK KR"),local("Noto Sans KR"),local("NotoSansCJKkr-Regular")}
"""
LICENCE_HEAD = """\
KDocs Text is a modified version of Pretendard, KDocs Code one of D2Coding: subsets of their
letters under names of their own.

D2Coding: Copyright (c) 2015-2016 NHN Corporation (NAVER), with Reserved Font Name D2Coding,
under the licence below. Font designed by FONTRIX Inc.

Pretendard:

"""


def unpacked(package: str, integrity: str, folder: Path) -> Path:
    """The package's files, got by npm and held against their checksum."""
    command = ["npm", "pack", "--silent", package]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / done.stdout.strip()
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != integrity:
        raise SystemExit(f"{package}: checksum {found}")
    target = folder / package.partition("@")[0]
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target


def by_frequency(css: str) -> list[int]:
    """The syllables of KS X 1001, the most common first."""
    faces = re.findall(r"font-weight: 400;.*?unicode-range: ([^;]*);", css, re.DOTALL)
    order = [code for ranges in reversed(faces) for code in codes(ranges)]
    standard = {code for code in range(0xAC00, 0xD7A4) if is_standard(chr(code))}
    return [code for code in dict.fromkeys(order) if code in standard]


def is_standard(letter: str) -> bool:
    """Whether it is one of the 2,350 syllables."""
    try:
        return len(letter.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False


def codes(ranges: str) -> Iterable[int]:
    """`U+AC00-AC10, U+AD00` as numbers."""
    for part in ranges.split(","):
        first, _, last = part.strip()[2:].partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def sliced(source: Path, name: str, family: str, weight: int, wanted: Sequence[int]) -> str:
    """Writes a slice, and gives its rule."""
    font = TTFont(source, recalcTimestamp=False)
    has = font.getBestCmap()
    letters = sorted({code for code in wanted if code in has})
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 4, 6, 7, 13, 14]
    options.drop_tables += ["FFTM", "DSIG"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=letters)
    maker.subset(font)
    style = "Bold" if weight == 700 else "Regular"
    plain = family.replace(" ", "")
    own = {1: family, 2: style, 4: f"{family} {style}", 6: f"{plain}-{style}"}
    for record in font["name"].names:
        if record.nameID in own:
            record.string = own[record.nameID]
    if "CFF " in font:
        top = font["CFF "].cff
        top.fontNames = [own[6]]
        top.topDictIndex[0].FullName, top.topDictIndex[0].FamilyName = own[4], family
    subset.save_font(font, str(OUT / f"{name}.woff2"), options)
    # D2Coding's letters are half as wide as high: beside other code faces they look small.
    size = "size-adjust:106%;" if family == "KDocs Code" else ""
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};{size}font-display:swap;'
        f'src:url(fonts/{name}.woff2) format("woff2");unicode-range:{ranges_of(letters)}}}'
    )


def ranges_of(letters: Sequence[int]) -> str:
    """Numbers as CSS names them, runs of neighbours together."""
    runs: list[list[int]] = []
    for code in letters:
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ",".join(f"U+{run[0]:X}" + (f"-{run[-1]:X}" if len(run) > 1 else "") for run in runs)


if __name__ == "__main__":
    main()
