/**
 * How far apart the numbers in two versions of an output are, where they are files of numbers: weights, rows in Arrow,
 * JSON. Everything else about them (names, shapes, texts, counts) has to be equal.
 */
import { readFileSync } from 'node:fs';
import { arrow } from '../arrow/index.ts';
import { readSafetensors } from '../model/index.ts';

/** Relative to max(1, |a|); infinite where anything but numbers differs. */
export type Difference = number;

/**
 * The largest difference of two files of one name, or null where the name says nothing about how to compare them.
 * Throws what reading them throws.
 */
export async function largestDifference(name: string, before: string, after: string): Promise<Difference | null> {
  if (name.endsWith('.safetensors')) return tensorsApart(before, after);
  if (name.endsWith('.arrow')) return valuesApart(rowsOf(before), rowsOf(after));
  if (name.endsWith('.json')) return valuesApart(jsonOf(before), jsonOf(after));
  return null;
}

const jsonOf = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function rowsOf(file: string): unknown {
  const table = arrow().tableFromIPC(readFileSync(file));
  return table.schema.fields.map(({ name }) => [name, [...(table.getChild(name) ?? [])]]);
}

async function tensorsApart(before: string, after: string): Promise<Difference> {
  const [a, b] = [await readSafetensors(before), await readSafetensors(after)];
  if (Object.keys(a.tensors).join() !== Object.keys(b.tensors).join()) return Infinity;
  let largest = 0;
  for (const [name, tensor] of Object.entries(a.tensors)) {
    const other = b.tensors[name];
    if (other === undefined || other.shape.join() !== tensor.shape.join()) return Infinity;
    largest = Math.max(largest, arraysApart(tensor.data, other.data));
  }
  return largest;
}

function arraysApart(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  let largest = 0;
  for (let index = 0; index < a.length; index += 1)
    largest = Math.max(largest, numbersApart(a[index] ?? NaN, b[index] ?? NaN));
  return largest;
}

/** Two NaN are equal here: what was not a number is not one again. */
function numbersApart(a: number, b: number): Difference {
  if (Object.is(a, b) || a === b) return 0;
  const apart = Math.abs(a - b) / Math.max(1, Math.abs(a));
  return Number.isNaN(apart) ? Infinity : apart;
}

function valuesApart(a: unknown, b: unknown): Difference {
  if (typeof a === 'number' && typeof b === 'number') return numbersApart(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? 0 : Infinity;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  if (left.length !== right.length) return Infinity;
  return left.reduce((largest, [name, value], index) => {
    const [otherName, other] = right[index] ?? ['', undefined];
    return name === otherName ? Math.max(largest, valuesApart(value, other)) : Infinity;
  }, 0);
}

/** Vectors of Arrow are lists, too. */
const entriesOf = (value: object): readonly (readonly [string, unknown])[] =>
  Symbol.iterator in value ? Object.entries([...(value as Iterable<unknown>)]) : Object.entries(value);
