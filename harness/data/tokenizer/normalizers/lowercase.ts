/** `Lowercase`: every character by itself, as Rust's `char::to_lowercase`; a final sigma is none. */
import { lazy } from '../lazy.ts';
import { readNumbers } from '../unicode/read-numbers.ts';
import { tables } from '../unicode/tables.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';

const lowerOf = lazy(readLowercase);

const changing = lazy(() => new RegExp(CodePointSet.of([...lowerOf().keys()].join('')).toClass(), 'gu'));

const beyondAscii = /[^\0-\x7f]/;

export function toLowercase(text: string): string {
  if (!beyondAscii.test(text)) return text.toLowerCase();
  const map = lowerOf();
  return text.replace(changing(), (character) => map.get(character) as string);
}

function readLowercase(): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  const numbers = readNumbers(tables.lowercase);
  let first = 0;
  for (let index = 0; index < numbers.length; index += 4) {
    const [gap, more, stride, twice] = numbers.slice(index, index + 4) as [number, number, number, number];
    const distance = twice % 2 === 0 ? twice / 2 : -(twice + 1) / 2;
    first += gap;
    for (let step = 0; step <= more; step++) {
      const point = first + step * stride;
      map.set(String.fromCodePoint(point), String.fromCodePoint(point + distance));
    }
  }
  // The only character whose lower case is two.
  map.set('\u0130', 'i\u0307');
  return map;
}
