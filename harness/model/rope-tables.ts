/**
 * Cosines and sines of the rotary position embedding (Su et al., RoFormer, arXiv 2104.09864): angle = position x
 * frequency, with frequency theta^(-2i / width) for pair i, changed by the scaling of models stretched to longer
 * contexts (see rope-periods.ts).
 */
import { constant, type Tensor } from '../graph/index.ts';
import { ropeAmplitude, ropePeriods, type RopeOptions } from './rope-periods.ts';

/** Values for positions 0, 1 ...: [positions, width / 2]; computed in float64 and rounded once. */
export interface RopeValues {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly shape: readonly [number, number];
}

/** @param rowLength Of the row that is computed, where the frequencies depend on it. */
export function ropeValues(positions: number, options: RopeOptions, rowLength: number): RopeValues {
  const periods = ropePeriods(options, rowLength);
  const amplitude = ropeAmplitude(options.scaling);
  const half = periods.length;
  const angle = (index: number): number => Math.floor(index / half) / (periods[index % half] ?? NaN);
  const table = (f: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: positions * half }, (_, index) => amplitude * f(angle(index)));
  return { cos: table(Math.cos), sin: table(Math.sin), shape: [positions, half] };
}

/** The same as constants of a program, for rows whose frequencies do not depend on their length. */
export function ropeTables(positions: number, options: RopeOptions): { readonly cos: Tensor; readonly sin: Tensor } {
  const { cos, sin, shape } = ropeValues(positions, options, 0);
  return { cos: constant({ shape, data: cos }), sin: constant({ shape, data: sin }) };
}
