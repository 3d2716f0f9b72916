/**
 * Normalization of a few characters with its changes told one by one, as the Rust library counts them. Slow, and only
 * needed for the start of a text; `unicode-forms.ts` normalizes.
 */
import type { Change } from './normalizer.ts';

export type Form = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** What the library's Unicode version knows of a character. */
export interface Knowledge {
  decomposes(character: string): boolean;
  isNonstarter(character: string): boolean;
  composes(character: string): boolean;
}

export function formChanges(text: string, form: Form, known: Knowledge): readonly Change[] {
  const decomposed = [...text].flatMap((character): Change[] => {
    if (!known.decomposes(character)) return [[character, 0]];
    const parts = character.normalize(form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD');
    return [...parts].map((part, index) => [part, index === 0 ? 0 : 1]);
  });
  const ordered = reordered(decomposed, known);
  return form === 'NFC' || form === 'NFKC' ? composed(ordered, known) : ordered;
}

/** Marks in a row are sorted by their combining class; those of one class keep their order. */
function reordered(changes: readonly Change[], known: Knowledge): readonly Change[] {
  const result: Change[] = [];
  for (const change of changes) {
    let place = result.length;
    if (known.isNonstarter(change[0])) while (place > 0 && isAfter(result[place - 1] as Change, change)) place--;
    result.splice(place, 0, change);
  }
  return result;

  function isAfter([before]: Change, [mark]: Change): boolean {
    return known.isNonstarter(before) && classIsHigher(before, mark);
  }
}

function classIsHigher(one: string, other: string): boolean {
  return one !== other && (one + other).normalize('NFD') === other + one;
}

/** Unicode's composition: a character is composed with the last starter unless a mark between them blocks it. */
function composed(changes: readonly Change[], known: Knowledge): readonly Change[] {
  const result: Change[] = [];
  let starter = -1;
  let mark: string | null = null;
  for (const [character, change] of changes) {
    const isNonstarter = known.isNonstarter(character);
    const isBlocked = mark !== null && !(isNonstarter && classIsHigher(character, mark));
    const [first, before] = result[starter] ?? ['', 0];
    const whole = starter >= 0 && !isBlocked && known.composes(first) ? (first + character).normalize('NFC') : '';
    if ([...whole].length === 1) {
      result[starter] = [whole, before + change - 1];
      continue;
    }
    mark = isNonstarter ? character : null;
    if (!isNonstarter) starter = result.length;
    result.push([character, change]);
  }
  return result;
}
