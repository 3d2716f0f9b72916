/**
 * One language-model training step on dense rows (forward, backward, AdamW without clipping) written on the graph: a
 * fixed yardstick for the engine alone, without the model room. Random tokens, a label at every position, so the loss
 * starts near ln(vocabulary).
 */
import { onnxruntimeCpu, type Executor, type Feed } from '../engine/index.ts';
import * as g from '../graph/index.ts';
import type { Tensor } from '../graph/index.ts';
import { randomStream } from '../random/index.ts';

export interface EngineStepSize {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly rows: number;
  readonly rowLength: number;
}

export interface EngineStepResult {
  readonly tokensPerStep: number;
  readonly stepMs: readonly number[];
  readonly losses: readonly number[];
}

export interface EngineStepOptions {
  readonly size: EngineStepSize;
  readonly steps: number;
  readonly threads: number;
  readonly executor?: Executor;
  readonly profilePrefix?: string;
}

/** The size of the design's measurements: 5.3 M parameters, 4096 tokens a step. */
export const referenceSize: EngineStepSize = {
  width: 256,
  layers: 4,
  heads: 4,
  feedForward: 688,
  vocabulary: 4096,
  rows: 16,
  rowLength: 256,
};

const ADAM = { learningRate: 3e-4, beta1: 0.9, beta2: 0.999, weightDecay: 0.01, epsilon: 1e-8 };

export async function benchEngineStep(options: EngineStepOptions): Promise<EngineStepResult> {
  const { size, steps, threads, executor = onnxruntimeCpu(), profilePrefix } = options;
  const { program, initial } = trainingStep(size);
  const session = await executor.compile(program, {
    threads,
    ...(profilePrefix === undefined ? {} : { profilePrefix }),
  });
  session.setState(initial);
  const stepMs: number[] = [];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const feeds = feedsAt(size, step);
    const start = performance.now();
    const { loss } = await session.run(feeds);
    stepMs.push(performance.now() - start);
    losses.push(loss?.[0] ?? Number.NaN);
  }
  await session.release();
  return { tokensPerStep: size.rows * size.rowLength, stepMs, losses };
}

/** The same random batch at every step, with the optimizer's scalars of `step` (counted from 1). */
export function feedsAt(size: EngineStepSize, step: number): Record<string, Feed> {
  return { ...randomBatch(size), ...adamScalars(step) };
}

type Parameters = Map<string, { readonly input: Tensor; readonly initial: Float32Array }>;

export function trainingStep(size: EngineStepSize): { program: g.Program; initial: Record<string, Float32Array> } {
  const parameters: Parameters = new Map();
  const loss = lossOf(size, parameterMaker(parameters));
  const entries = [...parameters.entries()];
  const gradients = g.gradients(
    loss,
    entries.map(([, { input }]) => input),
  );
  const scales = { variance: g.input('varianceScale', []), epsilon: g.input('epsilonScale', []) };
  const state = entries.flatMap(([name, { input }], index) => adamw(name, input, gradients[index] as Tensor, scales));
  return {
    program: g.programOf({ outputs: { loss }, state }),
    initial: Object.fromEntries(entries.map(([name, { initial }]) => [name, initial])),
  };
}

function parameterMaker(parameters: Parameters): (name: string, shape: readonly number[]) => Tensor {
  return (name, shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const random = randomStream(1, name);
    const initial = Float32Array.from({ length: count }, () => (shape.length === 1 ? 1 : 0.02 * random.normal()));
    const input = g.input(name, shape);
    parameters.set(name, { input, initial });
    return input;
  };
}

/** The fed arrays and tables that every layer reads. */
interface Batch {
  readonly positions: Tensor;
  readonly padIndex: Tensor;
  readonly packIndex: Tensor;
  readonly padMask: Tensor;
  readonly causalMask: Tensor;
  readonly cosTable: Tensor;
  readonly sinTable: Tensor;
}

function lossOf(size: EngineStepSize, parameter: (name: string, shape: readonly number[]) => Tensor): Tensor {
  const { width: D, feedForward, vocabulary } = size;
  const batch = batchInputs(size);
  let x = g.gatherRows(parameter('embedding', [vocabulary, D]), g.input('tokens', ['N'], 'int32'));
  for (let layer = 0; layer < size.layers; layer++) {
    const weight = (name: string, shape: readonly number[]): Tensor => parameter(`${name}_${layer}`, shape);
    const n1 = g.rmsNorm(x, weight('norm1', [D]), 1e-6);
    const [q, k, v] = ['q', 'k', 'v'].map((name) => g.matmul(n1, weight(name, [D, D]))) as [Tensor, Tensor, Tensor];
    x = g.add(x, g.matmul(attention(size, batch, q, k, v), weight('o', [D, D])));
    const n2 = g.rmsNorm(x, weight('norm2', [D]), 1e-6);
    const hidden = g.multiply(
      g.silu(g.matmul(n2, weight('gate', [D, feedForward]))),
      g.matmul(n2, weight('up', [D, feedForward])),
    );
    x = g.add(x, g.matmul(hidden, weight('down', [feedForward, D])));
  }
  const logits = g.matmul(g.rmsNorm(x, parameter('norm', [D]), 1e-6), parameter('head', [D, vocabulary]));
  return g.mean(g.crossEntropyRows(logits, g.input('targets', ['N'], 'int32')), [0]);
}

function attention({ width, heads }: EngineStepSize, batch: Batch, q: Tensor, k: Tensor, v: Tensor): Tensor {
  const headSize = width / heads;
  const { positions, padIndex, packIndex, padMask, cosTable, sinTable } = batch;
  const split = (x: Tensor): Tensor =>
    g.transpose(g.reshape(g.padRows(x, padIndex, packIndex, padMask), ['B', 'S', heads, headSize]), [0, 2, 1, 3]);
  const turned = (x: Tensor): Tensor => split(g.rope(x, positions, cosTable, sinTable, headSize));
  const scores = g.matmul(turned(q), turned(k), { transposeB: true, scale: 1 / Math.sqrt(headSize) });
  const mixed = g.matmul(g.softmax(g.add(scores, batch.causalMask)), split(v));
  return g.packRows(g.reshape(g.transpose(mixed, [0, 2, 1, 3]), ['B', 'S', width]), packIndex, padIndex, padMask);
}

function batchInputs({ width, heads, rowLength }: EngineStepSize): Batch {
  const half = width / heads / 2;
  const angles = Array.from(
    { length: rowLength * half },
    (_, i) => Math.floor(i / half) / 10_000 ** ((i % half) / half),
  );
  return {
    positions: g.input('positions', ['N'], 'int32'),
    padIndex: g.input('padIndex', ['B', 'S'], 'int32'),
    packIndex: g.input('packIndex', ['N'], 'int32'),
    padMask: g.input('padMask', ['B', 'S']),
    causalMask: g.input('causalMask', ['S', 'S']),
    cosTable: g.constant({ shape: [rowLength, half], data: angles.map(Math.cos) }),
    sinTable: g.constant({ shape: [rowLength, half], data: angles.map(Math.sin) }),
  };
}

function randomBatch({ rows, rowLength, vocabulary }: EngineStepSize): Record<string, Feed> {
  const N = rows * rowLength;
  const random = randomStream(7, 'tokens');
  const each = (at: (i: number) => number): Int32Array => Int32Array.from({ length: N }, (_, i) => at(i));
  const mask = Float32Array.from({ length: rowLength ** 2 }, (_, i) =>
    i % rowLength > Math.floor(i / rowLength) ? -1e9 : 0,
  );
  return {
    tokens: { data: each(() => random.integer(vocabulary)), shape: [N] },
    targets: { data: each(() => random.integer(vocabulary)), shape: [N] },
    positions: { data: each((i) => i % rowLength), shape: [N] },
    padIndex: { data: each((i) => i), shape: [rows, rowLength] },
    packIndex: { data: each((i) => i), shape: [N] },
    padMask: { data: new Float32Array(N).fill(1), shape: [rows, rowLength] },
    causalMask: { data: mask, shape: [rowLength, rowLength] },
  };
}

/**
 * AdamW (Loshchilov and Hutter 2019) with both moments kept without their (1 - beta) factors, which are folded into the
 * two scalars: M' = beta1 M + g, V' = beta2 V + g^2, p' = (1 - lr wd) p - M' / (varianceScale sqrt(V') + epsilonScale).
 */
function adamw(
  name: string,
  parameter: Tensor,
  gradient: Tensor,
  scales: { readonly variance: Tensor; readonly epsilon: Tensor },
): g.StateEntry[] {
  const shape = parameter.shape;
  const moment = g.input(`${name}/moment`, shape);
  const variance = g.input(`${name}/variance`, shape);
  const nextMoment = g.add(g.multiply(moment, g.constant(ADAM.beta1)), gradient);
  const nextVariance = g.add(g.multiply(variance, g.constant(ADAM.beta2)), g.square(gradient));
  const denominator = g.add(g.multiply(g.sqrt(nextVariance), scales.variance), scales.epsilon);
  const next = g.subtract(
    g.multiply(parameter, g.constant(1 - ADAM.learningRate * ADAM.weightDecay)),
    g.divide(nextMoment, denominator),
  );
  return [
    { name, input: parameter, next },
    { name: `${name}/moment`, input: moment, next: nextMoment },
    { name: `${name}/variance`, input: variance, next: nextVariance },
  ];
}

/**
 * Update = lr mHat / (sqrt(vHat) + eps), with mHat = (1-b1) M / (1-b1^t) and vHat = (1-b2) V / (1-b2^t), divided
 * through by lr mHat / M.
 */
function adamScalars(step: number): Record<string, Feed> {
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const momentScale = (learningRate * (1 - beta1)) / (1 - beta1 ** step);
  return {
    varianceScale: Math.sqrt((1 - beta2) / (1 - beta2 ** step)) / momentScale,
    epsilonScale: epsilon / momentScale,
  };
}
