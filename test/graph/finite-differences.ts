/** Central finite differences of a program's scalar, in float64. */
import { evaluateProgram, type DenseArray } from '../../harness/engine/index.ts';
import { programOf, type Tensor } from '../../harness/graph/index.ts';

const STEP = 1e-5;

/** d loss / d x for every element of x, by (loss(x + h) - loss(x - h)) / 2h. */
export function finiteDifferences(loss: Tensor, x: Tensor, values: ReadonlyMap<Tensor, DenseArray>): Float64Array {
  const program = programOf({ outputs: { loss }, state: [] });
  const start = values.get(x) as DenseArray;
  const lossWith = (flat: number, change: number): number => {
    const data = start.data.slice();
    data[flat]! += change;
    return evaluateProgram(program, new Map([...values, [x, { shape: start.shape, data }]])).get(loss)!.data[0]!;
  };
  return start.data.map((_, flat) => (lossWith(flat, STEP) - lossWith(flat, -STEP)) / (2 * STEP));
}

/** Largest |a - b| / max(1, |b|). */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length} differ`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
