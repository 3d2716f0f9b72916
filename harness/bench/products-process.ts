/** The entry of a process that times matrix products of the engine; it sends FLOP/s of the fastest to its parent. */
import { onnxruntimeCpu } from '../engine/index.ts';
import * as g from '../graph/index.ts';
import { randomStream } from '../random/index.ts';

const side = 2048;
/** One after the other in a run, so that feeding it counts for little. */
const chained = 4;
const runs = 8;

const [threads] = process.argv.slice(2).map(Number);
const left = g.input('left', [side, side]);
const right = g.input('right', [side, side]);
const product = Array.from({ length: chained }).reduce<g.Tensor>((x) => g.matmul(x, right), left);
const stream = randomStream(0, 'products');
// Of mean square 1 / side, so that a product is about as large as its factors.
const data = Float32Array.from({ length: side ** 2 }, () => stream.normal() / Math.sqrt(side));
const feed = { data, shape: [side, side] };
const program = g.programOf({ outputs: { mean: g.mean(g.reshape(product, [side * side]), [0]) }, state: [] });
const session = await onnxruntimeCpu().compile(program, { threads: threads ?? 1 });
const seconds: number[] = [];
for (let run = 0; run < runs; run++) {
  const start = performance.now();
  await session.run({ left: feed, right: feed });
  seconds.push((performance.now() - start) / 1000);
}
const flopsPerSecond = (chained * 2 * side ** 3) / Math.min(...seconds.slice(1));
process.send?.({ flopsPerSecond }, undefined, undefined, () => process.disconnect());
