"""Writes tables.ts: what the Rust library `tokenizers` knows of Unicode, found by asking it about every code point.

Its parts come with different versions of Unicode (Oniguruma, the crates `regex`, `unicode_categories`,
`unicode-normalization-alignments` and `unicode-segmentation`, and Rust's own `char`), so nothing here is taken from
Unicode's files or from Python's. Run with: python make_tables.py > tables.ts (about ten minutes).
"""

import struct
import sys
import textwrap

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
ALL = "".join(map(chr, CODE_POINTS))
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split()
SCRIPTS = """
Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo
Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common
Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs
Elbasan Elymaic Ethiopic Garay Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi Gurmukhi Gurung_Khema Han
Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi
Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki
Khudawadi Kirat_Rai Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic
Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi
Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham
Ol_Chiki Ol_Onal Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian
Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang
Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Sunuwar
Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan
Tifinagh Tirhuta Todhri Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square
""".split()


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


def set_of(category):
    return matched(f"\\p{{{category}}}")


def general_categories():
    value = {}
    for index, category in enumerate(CATEGORIES):
        if category != "Cs":
            value.update(dict.fromkeys(set_of(category), index))
    return [value[c] for c in CODE_POINTS]


def runs_of_scripts():
    """Oniguruma's scripts; 0 where it knows none."""
    value = {}
    for index, name in enumerate(SCRIPTS):
        value.update(dict.fromkeys(matched(f"\\p{{{name}}}"), index + 1))
    return [value.get(c, 0) for c in CODE_POINTS]


def cut_after_a(pre_tokenizer):
    """Code points that are cut from a letter before them."""
    found = []
    for start in range(0, len(CODE_POINTS), 4096):
        points = CODE_POINTS[start : start + 4096]
        ends = {end for _, (_, end) in pre_tokenizer.pre_tokenize_str("".join("a" + chr(c) for c in points))}
        found += [c for i, c in enumerate(points) if 2 * i + 1 in ends]
    return found


def where(normalizer, fits):
    """Code points with `fits(character, normalized)`."""
    return [c for c in CODE_POINTS if fits(chr(c), normalizer.normalize_str(chr(c)))]


def lowercase_runs():
    """Gap, count less one, stride, twice the distance (less one where negative): characters with one other lower
    case."""
    pairs = []
    for point in CODE_POINTS:
        lower = LOWERCASE.normalize_str(chr(point))
        if lower != chr(point) and len(lower) == 1:
            pairs.append((point, ord(lower) - point))
    text, at, index = "", 0, 0
    while index < len(pairs):
        first, distance = pairs[index]
        stride = pairs[index + 1][0] - first if index + 1 < len(pairs) and pairs[index + 1][1] == distance else 1
        count = 1
        while pairs[index + count : index + count + 1] == [(first + count * stride, distance)]:
            count += 1
        text += number(first - at) + number(count - 1) + number(stride)
        text += number(2 * distance if distance >= 0 else -2 * distance - 1)
        index += count
        at = first
    return text


LOWERCASE = normalizers.Lowercase()
NFC, NFD, NFKC, NFKD = normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD()


def nonstarters():
    """A mark of another combining class changes places with them."""
    swaps = (
        lambda c: NFD.normalize_str(f"a{c}\u0334") != f"a{c}\u0334" or NFD.normalize_str(f"a\u0315{c}") != f"a\u0315{c}"
    )
    return {c for c in CODE_POINTS if NFD.normalize_str(chr(c)) == chr(c) and swaps(chr(c))}


def compositions():
    """First and second characters that NFC makes one of."""
    firsts, seconds = set(), set()
    for point in CODE_POINTS:
        whole = NFD.normalize_str(chr(point))
        if whole == chr(point) or NFC.normalize_str(chr(point)) != chr(point):
            continue
        first = NFC.normalize_str(whole[:-1])
        if len(first) == 1:
            firsts.add(ord(first))
            seconds.add(ord(whole[-1]))
    return firsts, seconds


def graphemes():
    """
    How unicode-segmentation joins each code point with its neighbours, a sum of the bits below. `Precompiled` gives
    one character for a grapheme of less than six bytes and else one for each character, with a map from everything to
    "x"; so each text here has another length where its parts are joined.
    """
    precompiled = normalizers.Precompiled(charsmap_of_everything())
    length = lambda text: len(precompiled.normalize_str(text))
    tests = [
        lambda c: length(f"a{c}") == 1,  # 1: belongs to what is before it
        lambda c: length(f"\u00a9{c}\u200d\u00a9\u0301") == 5,  # 2: extends an emoji
        lambda c: length(f"{c}a\u0301") != 2,  # 4: belongs to what is after it
        lambda c: length(f"{c}\u0301\u0301") == 2 and length(f"a{c}") == 2,  # 8: a control, which joins nothing
        lambda c: length(f"{c}\u200d\u00a9\u0301") == 4,  # 16: an emoji, which ZWJ joins to another
        lambda c: length(f"\u0915{c}\u0915\u0301") == 4,  # 32: links consonants
        lambda c: length(f"{c}\u094d\u0915\u0301") == 4,  # 64: a consonant
        lambda c: length(f"\u0915\u094d{c}\u0915\u0301") == 5,  # 128: may stand between a consonant and a link
        lambda c: length(f"{c}\u1160\u0301") == 3,  # 256: a syllable that a vowel goes on with
        lambda c: length(f"{c}\u11a8\u0301") == 3,  # 512: a syllable that a final consonant goes on with
    ]
    sums = [sum(test(chr(c)) << bit for bit, test in enumerate(tests)) for c in CODE_POINTS]
    # The other texts are as long with what belongs to anything after it, which is none of the rest.
    return [4 if bits & 4 else bits for bits in sums]


def charsmap_of_everything():
    """A double array with one state per number of bytes that are still to come; each state has 256 places."""
    units = [0] * (256 * 6)
    root, leaf = 256 * 1, 256 * 5
    units[0] = root << 10
    link = lambda state, byte, to, ends: units.__setitem__(
        state + byte, (((state + byte) ^ to) << 10) | (256 if ends else 0) | byte
    )
    for byte in range(1, 0xF5):
        if byte < 0x80:
            link(root, byte, leaf, True)
        elif byte >= 0xC2:
            link(root, byte, 256 * (2 + (byte >= 0xE0) + (byte >= 0xF0)), False)
    for state in (2, 3, 4):
        for byte in range(0x80, 0xC0):
            link(256 * state, byte, leaf if state == 2 else 256 * (state - 1), state == 2)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + b"x\0"


def scripts_of_unicode_scripts():
    """What `UnicodeScripts` tells apart: 0 is cut from nothing."""
    cuts = lambda text: len(pre_tokenizers.UnicodeScripts().pre_tokenize_str(text)) > 1
    is_any = lambda c: not cuts(f"a{c}") and not cuts(f"\u4eac{c}")
    heads, values, before, value = [], [], None, 0
    for point in CODE_POINTS:
        character = chr(point)
        if before is None or is_any(character) or cuts(before + character):
            before, value = None, 0
            if not is_any(character):
                before = character
                value = next((i + 1 for i, head in enumerate(heads) if not cuts(head + character)), len(heads) + 1)
                heads += [character] if value > len(heads) else []
        values.append(value)
    return values


def tables():
    yield "generalCategory", encoded_runs(general_categories())
    yield "script", encoded_runs(runs_of_scripts())
    yield "onigWord", encoded_set(matched("\\w"))
    yield "onigSpace", encoded_set(matched("\\s"))
    yield "onigAlphabetic", encoded_set(matched("\\p{Alphabetic}"))
    yield "onigUppercase", encoded_set(matched("\\p{Uppercase}"))
    yield "onigLowercase", encoded_set(matched("\\p{Lowercase}"))
    cut_from_word = set(cut_after_a(pre_tokenizers.Whitespace()))
    yield "regexWord", encoded_set([c for c in CODE_POINTS if c not in cut_from_word])
    yield "whitespace", encoded_set(sorted(set(CODE_POINTS) - kept_by(pre_tokenizers.WhitespaceSplit())))
    yield "numeric", encoded_set(cut_after_a(pre_tokenizers.Digits(individual_digits=True)))
    yield "punctuation", encoded_set(cut_after_a(pre_tokenizers.Punctuation()))
    clean = normalizers.BertNormalizer(True, False, False, False)
    yield "bertRemoved", encoded_set(where(clean, lambda _, cleaned: cleaned == ""))
    chinese = normalizers.BertNormalizer(False, True, False, False)
    yield "bertChinese", encoded_set(where(chinese, lambda _, spaced: len(spaced) == 3))
    accents = normalizers.BertNormalizer(False, False, True, False)
    yield "bertAccent", encoded_set(where(accents, lambda _, stripped: stripped == ""))
    yield "combiningMark", encoded_set(where(normalizers.StripAccents(), lambda _, stripped: stripped == ""))
    yield "lowercase", lowercase_runs()
    marks = nonstarters()
    firsts, seconds = compositions()
    yield "notNfd", encoded_set([c for c in CODE_POINTS if c in marks or NFKD.normalize_str(chr(c)) != chr(c)])
    active = [c for c in CODE_POINTS if c in marks or c in seconds or NFC.normalize_str(chr(c)) != chr(c)]
    yield "notNfc", encoded_set(active)
    compatible = [c for c in CODE_POINTS if NFKC.normalize_str(chr(c)) != chr(c)]
    yield "notNfkc", encoded_set(sorted({*active, *compatible}))
    yield "composing", encoded_set(sorted(firsts))
    yield "grapheme", encoded_runs(graphemes())
    yield "unicodeScript", encoded_runs(scripts_of_unicode_scripts())


def kept_by(pre_tokenizer):
    pieces = pre_tokenizer.pre_tokenize_str(ALL)
    return {CODE_POINTS[i] for _, (start, end) in pieces for i in range(start, end)}


def main():
    print(f"// Made by make_tables.py from tokenizers {tokenizers.__version__}; see code-point-set.ts for the form.")
    print("// prettier-ignore\nexport const tables = {")
    print("  scriptNames: `\n" + "\n".join(textwrap.wrap(" ".join(SCRIPTS), 118)) + "\n`,")
    for name, text in tables():
        print(f"  {name}: `")
        for start in range(0, len(text), 118):
            print(text[start : start + 118])
        print("`,")
        print(name, len(text), file=sys.stderr)
    print("} as const;")


if __name__ == "__main__":
    main()
