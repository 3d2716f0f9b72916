"""Writes tables.ts: what the Rust library `tokenizers` knows of Unicode, found by asking it about every code point.

Its parts come with different versions of Unicode (Oniguruma, the crates `regex`, `unicode_categories`,
`unicode-normalization-alignments` and `unicode-segmentation`, and Rust's own `char`), so nothing here is taken from
Unicode's files or from Python's. Run with: python make_tables.py > tables.ts (about ten minutes).
"""

import sys

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
ALL = "".join(map(chr, CODE_POINTS))
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split()


def number(value):
    """Base 32, lowest digit first; the sixth bit says that more digits follow."""
    text = ""
    while value >= 32:
        text += DIGITS[value % 32 + 32]
        value //= 32
    return text + DIGITS[value]


def ranges_of(points):
    """Inclusive ranges of sorted code points. Surrogates belong to both of their neighbours."""
    ranges = []
    for point in points:
        if ranges and (point == ranges[-1][1] + 1 or (point == 0xE000 and ranges[-1][1] == 0xD7FF)):
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def encoded_set(points):
    """Gap and length by turns: `gap` code points are outside, then `length` are inside."""
    text, at = "", 0
    for first, last in ranges_of(points):
        text += number(first - at) + number(last - first)
        at = last + 1
    return text


def encoded_runs(values):
    """Runs of equal values over all code points: length less one, value."""
    text, start = "", 0
    full = values[:0xD800] + [values[0xD7FF]] * 0x800 + values[0xD800:]
    for at in range(1, len(full) + 1):
        if at == len(full) or full[at] != full[start]:
            text += number(at - start - 1) + number(full[start])
            start = at
    return text


def matched(pattern):
    """Code points that Oniguruma matches."""
    pieces = pre_tokenizers.Split(Regex(f"{pattern}+"), "removed", invert=True).pre_tokenize_str(ALL)
    return [CODE_POINTS[i] for _, (start, end) in pieces for i in range(start, end)]


def not_removed(pre_tokenizer):
    pieces = pre_tokenizer.pre_tokenize_str(ALL)
    return {CODE_POINTS[i] for _, (start, end) in pieces for i in range(start, end)}


def isolated(pre_tokenizer, around):
    """Code points at which `around` is cut from both of its neighbours."""
    step = 4096
    found = []
    for start in range(0, len(CODE_POINTS), step):
        points = CODE_POINTS[start : start + step]
        text = around + "".join(chr(c) + around for c in points)
        ends = {end for _, (_, end) in pre_tokenizer.pre_tokenize_str(text)}
        found += [c for i, c in enumerate(points) if 2 * i + 1 in ends and 2 * i + 2 in ends]
    return found


def set_of(category):
    return matched(f"\\p{{{category}}}")


def general_categories():
    value = {}
    for index, category in enumerate(CATEGORIES):
        if category != "Cs":
            value.update(dict.fromkeys(set_of(category), index))
    return [value[c] for c in CODE_POINTS]


def word_of_regex_crate():
    """`Whitespace` cuts at \\w+|[^\\w\\s]+ of the crate `regex`: a word character is not cut from the letter before."""
    return sorted(set(CODE_POINTS) - set(isolated_or_removed(pre_tokenizers.Whitespace())))


def isolated_or_removed(pre_tokenizer):
    step = 4096
    for start in range(0, len(CODE_POINTS), step):
        points = CODE_POINTS[start : start + step]
        text = "".join("a" + chr(c) for c in points)
        ends = {end for _, (_, end) in pre_tokenizer.pre_tokenize_str(text)}
        yield from (c for i, c in enumerate(points) if 2 * i + 1 in ends)


def tables():
    yield "generalCategory", encoded_runs(general_categories())
    yield "onigWord", encoded_set(matched("\\w"))
    yield "onigSpace", encoded_set(matched("\\s"))
    yield "onigAlphabetic", encoded_set(matched("\\p{Alphabetic}"))
    yield "onigUppercase", encoded_set(matched("\\p{Uppercase}"))
    yield "onigLowercase", encoded_set(matched("\\p{Lowercase}"))
    yield "regexWord", encoded_set(word_of_regex_crate())


def main():
    print(f"// Made by make_tables.py from tokenizers {tokenizers.__version__}; see code-point-set.ts for the form.")
    print("// prettier-ignore\nexport const tables = {")
    for name, text in tables():
        print(f"  {name}: `")
        for start in range(0, len(text), 118):
            print(text[start : start + 118])
        print("`,")
        print(name, len(text), file=sys.stderr)
    print("} as const;")


if __name__ == "__main__":
    main()
