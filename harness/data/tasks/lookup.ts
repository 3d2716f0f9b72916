/**
 * Restate the entries of a small object in another order: `{top:4,id:7,len:9}` -> `len=9`, `top=4`, `id=7`. Misreadings
 * exchange two values.
 */
import type { RandomStream } from '../../random/index.ts';
import type { Family, Frame, Question, Style, Word } from './problem.ts';

const keys = [
  'id',
  'top',
  'len',
  'max',
  'min',
  'row',
  'col',
  'tag',
  'url',
  'age',
  'sum',
  'pos',
  'end',
  'map',
  'set',
  'src',
  'dst',
  'low',
  'mid',
  'ref',
  'log',
  'dir',
  'env',
  'arg',
  'res',
  'key',
  'val',
  'num',
  'str',
  'obj',
  'img',
  'css',
  'sub',
  'hex',
  'gap',
  'tab',
  'pad',
  'bit',
  'seq',
  'cap',
] as const;

/** Entries and digits a value, by difficulty. */
const sizes = [
  { entries: 3, digits: 1 },
  { entries: 4, digits: 1 },
  { entries: 5, digits: 2 },
  { entries: 6, digits: 2 },
  { entries: 8, digits: 2 },
] as const;

export const lookup: Family = {
  // One form at each difficulty.
  formsApartFrom: null,
  sample(stream: RandomStream, difficulty: number): Frame {
    const size = sizes[difficulty - 1] ?? sizes[0];
    const chosen = stream.shuffled(keys).slice(0, size.entries);
    const values = stream
      .shuffled(Array.from({ length: size.digits === 1 ? 10 : 90 }, (_, v) => (size.digits === 1 ? v : v + 10)))
      .slice(0, size.entries);
    const words: Word[] = values.map((value) => ({ kind: 'value', text: String(value) }));
    return { words, read: (texts) => toQuestion(chosen, texts) };
  },
};

function toQuestion(names: readonly string[], values: readonly string[]): Question {
  const entries = names.map((name, n) => `${name}=${values[n]}`);
  return {
    prompt: `{${names.map((name, n) => `${name}:${values[n]}`).join(',')}}`,
    solve: (style) => ({ steps: anotherOrder(entries, style), answer: entries.toSorted().join(',') }),
  };
}

/** The order of the style's numbers; where that is the order of the prompt, reversed. */
function anotherOrder(entries: readonly string[], style: Style): string[] {
  const ordered = entries
    .map((entry, e) => ({ entry, key: style[e] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map((row) => row.entry);
  return ordered.every((entry, e) => entry === entries[e]) ? ordered.toReversed() : ordered;
}
