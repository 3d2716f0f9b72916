/** Texts that hold every code point of the planes that have characters, and the ends of the others. */

const stretches: readonly (readonly [number, number])[] = [
  [0, 0xd7ff],
  [0xe000, 0x3ffff],
  [0xe0000, 0xe0fff],
  [0xf0000, 0xf00ff],
  [0x10ff00, 0x10ffff],
];

const length = 4096;

/** @param between stands between any two code points; letters keep marks from their neighbours */
export function codePointTexts(between: string): readonly string[] {
  const texts: string[] = [];
  for (const [first, last] of stretches)
    for (let start = first; start <= last; start += length) {
      const points = Array.from({ length: Math.min(length, last - start + 1) }, (_, index) => start + index);
      texts.push(points.map((point) => String.fromCodePoint(point)).join(between));
    }
  return texts;
}
