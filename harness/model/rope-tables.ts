/** Cosines and sines of the rotary position embedding (Su et al., RoFormer, arXiv 2104.09864): angle = position / theta^(2i / headSize). */
import { constant, type Tensor } from '../graph/index.ts';

/** Tables [positions, headSize / 2]; computed in float64 and rounded once. */
export function ropeTables(positions: number, headSize: number, theta: number): { readonly cos: Tensor; readonly sin: Tensor } {
  const half = headSize / 2;
  const shape = [positions, half];
  const angle = (index: number): number => Math.floor(index / half) / theta ** ((2 * (index % half)) / headSize);
  const table = (f: (angle: number) => number): Float32Array => Float32Array.from({ length: positions * half }, (_, index) => f(angle(index)));
  return { cos: constant({ shape, data: table(Math.cos) }), sin: constant({ shape, data: table(Math.sin) }) };
}
