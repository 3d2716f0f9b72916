/** `*`, `+?`, `{2,3}` and so on in Oniguruma's syntax. */
import { UnsupportedPattern, type PatternText } from './pattern-text.ts';

/** A part of a pattern as JavaScript writes it; a quantifier may follow it. */
export interface Part {
  readonly source: string;
  /** Whether it may match without taking a character. */
  readonly isNullable: boolean;
  /** Of a part that is one character. */
  readonly point?: number;
}

interface Around {
  /** Takes a comment, or space where it has no meaning; false where there is none. */
  readonly skip: () => boolean;
  /** Wraps a part so that it is never entered again once it has matched. */
  readonly atomic: (body: Part) => Part;
}

/** Quantifiers may follow each other: each one repeats all that stands before it. */
export function readQuantifiers(text: PatternText, part: Part, { skip, atomic }: Around): Part {
  let repeated = part;
  for (;;) {
    while (skip());
    const next = readOne(text, repeated, atomic);
    if (next === null) return repeated;
    repeated = next;
  }
}

function readOne(text: PatternText, part: Part, atomic: Around['atomic']): Part | null {
  const place = text.place;
  const simple = text.takeWhile(/^[*+?]$/, 1);
  const bounds = simple === '' ? readBounds(text) : simple;
  if (bounds === null) {
    text.returnTo(place);
    return null;
  }
  // Oniguruma ends a loop whose turn takes nothing and JavaScript tries another way, so that results may differ.
  if (part.isNullable) throw new UnsupportedPattern('a repeated part that may match nothing');
  const isNullable = !bounds.startsWith('+') && (simple !== '' || bounds.startsWith('{0'));
  const greedy = { source: `${part.source}${bounds}`, isNullable };
  if (simple !== '' && text.take('+')) return atomic(greedy);
  if (!text.take('?')) return grouped(greedy);
  // After {n} the mark is no sign of a lazy match, which would be pointless: the whole may be left out.
  if (/^\{\d+\}$/.test(bounds)) return { source: `(?:(?:${greedy.source})?)`, isNullable: true };
  return grouped({ ...greedy, source: `${greedy.source}?` });
}

/** Whatever follows a quantifier repeats all of it. */
function grouped({ source, isNullable }: Part): Part {
  return { source: `(?:${source})`, isNullable };
}

/** `{n}`, `{n,}`, `{n,m}` or `{,m}`; null where the brace is a character. */
function readBounds(text: PatternText): string | null {
  if (!text.take('{')) return null;
  const low = text.takeWhile(/^\d$/);
  const hasComma = text.take(',');
  const high = hasComma ? text.takeWhile(/^\d$/) : low;
  if (!text.take('}') || (low === '' && high === '')) return null;
  if (high !== '' && Number(low) > Number(high)) throw new UnsupportedPattern(`{${low},${high}}`);
  return hasComma ? `{${Number(low)},${high}}` : `{${low}}`;
}
