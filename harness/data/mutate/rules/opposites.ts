/** Names that people mix up, whole or as a part of a longer name: `offsetWidth`, `max_x`. */

/** The names that stand for the opposite, in the spelling of the given one; `isPart`: of a part of it too. */
export function oppositesOf(
  name: string,
  pairs: readonly (readonly [string, string])[],
  isPart: boolean,
): readonly string[] {
  const found = new Set<string>();
  for (const [a, b] of pairs) {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const other = name === from ? to : isPart ? compoundOpposite(name, from, to) : null;
      if (other !== null) found.add(other);
    }
  }
  return [...found];
}

/** Parts that are the same in every interface that has one of the two: sizes, bounds and sides. */
const inCompounds = new Set(
  'width height min max left right top bottom start end first last row column x y'.split(' '),
);

function compoundOpposite(name: string, from: string, to: string): string | null {
  if (!inCompounds.has(from) || !inCompounds.has(to) || !name.toLowerCase().includes(from)) return null;
  const parts = partsOf(name);
  const at = parts.findIndex((part) => part.toLowerCase() === from);
  const part = parts[at];
  if (part === undefined || parts.length === 1) return null;
  const isCapital = part[0] !== from[0];
  const other = isCapital ? (to[0] ?? '').toUpperCase() + to.slice(1) : to;
  return parts.with(at, other).join('');
}

/** The words of `offsetWidth` and `offset_width`, with the `_` between them as words of their own. */
function partsOf(name: string): readonly string[] {
  return name.split(/(?<=[a-z\d])(?=[A-Z])|(_)/).filter((part) => part !== undefined && part !== '');
}

/** Whether names have a word in common, or differ in one character: `minX` and `maxX`, `wrapU` and `wrapV`. */
export function areSimilar(a: string, b: string): boolean {
  const words = (name: string): readonly string[] => partsOf(name).map((part) => part.toLowerCase());
  const known = new Set(words(a));
  known.delete('_');
  if (words(b).some((word) => known.has(word))) return true;
  if (a.length !== b.length) return false;
  return [...a].filter((character, index) => character !== b[index]).length <= 1;
}
