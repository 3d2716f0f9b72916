/**
 * Kernels that work row by row: softmax, normalization, token losses, gathers, rotary positions. Definitions first,
 * speed second.
 */
import { rowsOf, sizeOf, zeros, type DenseArray } from './array.ts';

export function softmax(x: DenseArray): DenseArray {
  return mapRows(x, (row) => {
    const exponentials = row.map((value) => Math.exp(value - Math.max(...row)));
    const total = sum(exponentials);
    return exponentials.map((value) => value / total);
  });
}

export interface NormKind {
  /** 1 where the row's mean is subtracted (LayerNorm), 0 where it is not (RMSNorm). */
  readonly centres: boolean;
  readonly epsilon: number;
}

export function norm([x, weight, bias]: readonly DenseArray[], kind: NormKind): DenseArray {
  return mapRows(x!, (row) =>
    normalized(row, kind).values.map((value, i) => value * weight!.data[i]! + (bias?.data[i] ?? 0)),
  );
}

export function normInputGradient([x, weight, dy]: readonly DenseArray[], kind: NormKind): DenseArray {
  return mapRows(x!, (row, start) => {
    const { values, inverse } = normalized(row, kind);
    const g = values.map((_, i) => dy!.data[start + i]! * weight!.data[i]!);
    const meanG = kind.centres ? sum(g) / g.length : 0;
    const meanGn = sum(g.map((value, i) => value * values[i]!)) / g.length;
    return g.map((value, i) => inverse * (value - meanG - values[i]! * meanGn));
  });
}

export function normWeightGradient([x, weight, dy]: readonly DenseArray[], kind: NormKind): DenseArray {
  const result = zeros(weight!.shape);
  const [count, length] = rowsOf(x!);
  for (let r = 0; r < count; r++) {
    const { values } = normalized(x!.data.subarray(r * length, (r + 1) * length), kind);
    values.forEach((value, i) => (result.data[i]! += value * dy!.data[r * length + i]!));
  }
  return result;
}

export function crossEntropy([logits, targets]: readonly DenseArray[]): DenseArray {
  const result = zeros(targets!.shape);
  const [count, length] = rowsOf(logits!);
  for (let r = 0; r < count; r++) {
    const row = logits!.data.subarray(r * length, (r + 1) * length);
    const top = Math.max(...row);
    result.data[r] = top + Math.log(sum(row.map((value) => Math.exp(value - top)))) - row[targets!.data[r]!]!;
  }
  return result;
}

export function crossEntropyLogitsGradient([logits, targets]: readonly DenseArray[]): DenseArray {
  const result = softmax(logits!);
  const [count, length] = rowsOf(result);
  for (let r = 0; r < count; r++) result.data[r * length + targets!.data[r]!]! -= 1;
  return result;
}

export function gatherRows([table, indices]: readonly DenseArray[]): DenseArray {
  const tail = table!.shape.slice(1);
  const width = sizeOf(tail);
  const result = zeros([...indices!.shape, ...tail]);
  indices!.data.forEach((row, i) => result.data.set(rowAt(table!, row, width), i * width));
  return result;
}

export function scatterAddRows([updates, indices, like]: readonly DenseArray[]): DenseArray {
  const result = zeros(like!.shape);
  const width = sizeOf(like!.shape.slice(1));
  indices!.data.forEach((row, i) => {
    for (let j = 0; j < width; j++) result.data[row * width + j]! += updates!.data[i * width + j]!;
  });
  return result;
}

export function padRows([x, padIndex, packIndex, padMask]: readonly DenseArray[]): DenseArray {
  checkPacking(padIndex!, packIndex!, padMask!);
  const width = x!.shape[1]!;
  const result = zeros([...padIndex!.shape, width]);
  padIndex!.data.forEach((row, slot) => {
    if (padMask!.data[slot] !== 0) result.data.set(rowAt(x!, row, width), slot * width);
  });
  return result;
}

export function packRows([y, packIndex, padIndex, padMask]: readonly DenseArray[]): DenseArray {
  checkPacking(padIndex!, packIndex!, padMask!);
  const width = y!.shape[2]!;
  const result = zeros([packIndex!.data.length, width]);
  packIndex!.data.forEach((slot, row) =>
    result.data.set(y!.data.subarray(slot * width, (slot + 1) * width), row * width),
  );
  return result;
}

export function rope(
  [x, positions, cosTable, sinTable]: readonly DenseArray[],
  headSize: number,
  inverse: boolean,
): DenseArray {
  const result = zeros(x!.shape);
  const half = headSize / 2;
  const sign = inverse ? -1 : 1;
  const width = x!.shape[1]!;
  for (let flat = 0; flat < x!.data.length; flat++) {
    const within = flat % headSize;
    const angle = positions!.data[Math.floor(flat / width)]! * half + (within % half);
    const [cos, sin] = [cosTable!.data[angle]!, sign * sinTable!.data[angle]!];
    const turned = within < half ? -x!.data[flat + half]! : x!.data[flat - half]!;
    result.data[flat] = x!.data[flat]! * cos + turned * sin;
  }
  return result;
}

function normalized(row: Float64Array, { centres, epsilon }: NormKind): { values: Float64Array; inverse: number } {
  const mean = centres ? sum(row) / row.length : 0;
  const inverse = 1 / Math.sqrt(sum(row.map((value) => (value - mean) ** 2)) / row.length + epsilon);
  return { values: row.map((value) => (value - mean) * inverse), inverse };
}

function rowAt(table: DenseArray, row: number, width: number): Float64Array {
  if (row < 0 || row >= table.shape[0]!) throw new Error(`row ${row} lies outside a table of ${table.shape[0]} rows`);
  return table.data.subarray(row * width, (row + 1) * width);
}

/**
 * Every packed row has exactly one slot, and both indices agree on it. A program that breaks this would get wrong
 * gradients.
 */
function checkPacking(padIndex: DenseArray, packIndex: DenseArray, padMask: DenseArray): void {
  const used = padMask.data.reduce((total, value) => total + value, 0);
  const agrees = packIndex.data.every((slot, row) => padIndex.data[slot] === row && padMask.data[slot] === 1);
  if (!agrees || used !== packIndex.data.length)
    throw new Error('padIndex, packIndex and padMask do not describe one packing');
}

function mapRows(x: DenseArray, f: (row: Float64Array, start: number) => Float64Array): DenseArray {
  const result = zeros(x.shape);
  const [count, length] = rowsOf(x);
  for (let r = 0; r < count; r++)
    result.data.set(f(x.data.subarray(r * length, (r + 1) * length), r * length), r * length);
  return result;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
