/**
 * One language-model training step on dense rows (forward, backward, AdamW without clipping) written on the graph: a
 * fixed yardstick for the engine alone, without the model room.
 */
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

const ADAM = { learningRate: 3e-4, beta1: 0.9, beta2: 0.999, weightDecay: 0.01, epsilon: 1e-8 };
const weightShrink = 1 - ADAM.learningRate * ADAM.weightDecay;

interface Parameter {
  readonly input: Tensor;
  readonly initial: Float32Array;
}

type MakeParameter = (name: string, shape: readonly number[]) => Tensor;

export function trainingStep(size: EngineStepSize): { program: g.Program; initial: Record<string, Float32Array> } {
  const parameters = new Map<string, Parameter>();
  const loss = lossOf(size, parameterMaker(parameters));
  const initial = [...parameters].map(([name, parameter]) => [name, parameter.initial] as const);
  return {
    program: g.programOf({ outputs: { loss }, state: updatedStates(parameters, loss) }),
    initial: Object.fromEntries(initial),
  };
}

function updatedStates(parameters: ReadonlyMap<string, Parameter>, loss: Tensor): readonly g.StateEntry[] {
  const inputs = [...parameters.values()].map(({ input }) => input);
  const gradients = g.gradients(loss, inputs);
  const scales = { variance: g.input('varianceScale', []), epsilon: g.input('epsilonScale', []) };
  return [...parameters.keys()].flatMap((name, index) =>
    adamw(name, inputs[index] as Tensor, gradients[index] as Tensor, scales),
  );
}

function parameterMaker(parameters: Map<string, Parameter>): MakeParameter {
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

function lossOf(size: EngineStepSize, parameter: MakeParameter): Tensor {
  const { width: D, vocabulary } = size;
  const batch = batchInputs(size);
  let x = g.gatherRows(parameter('embedding', [vocabulary, D]), g.input('tokens', ['N'], 'int32'));
  for (let layer = 0; layer < size.layers; layer++)
    x = layerOutput(size, batch, (name, shape) => parameter(`${name}_${layer}`, shape), x);
  const logits = g.matmul(g.rmsNorm(x, parameter('norm', [D]), 1e-6), parameter('head', [D, vocabulary]));
  return g.mean(g.crossEntropyRows(logits, g.input('targets', ['N'], 'int32')), [0]);
}

function layerOutput(size: EngineStepSize, batch: Batch, weight: MakeParameter, x: Tensor): Tensor {
  const { width: D } = size;
  const normed = g.rmsNorm(x, weight('norm1', [D]), 1e-6);
  const projected = { q: matmulBy('q'), k: matmulBy('k'), v: matmulBy('v') };
  const middle = g.add(x, g.matmul(attention(size, batch, projected), weight('o', [D, D])));
  return g.add(middle, feedForward(size, weight, middle));

  function matmulBy(name: string): Tensor {
    return g.matmul(normed, weight(name, [D, D]));
  }
}

function feedForward({ width: D, feedForward: F }: EngineStepSize, weight: MakeParameter, x: Tensor): Tensor {
  const normed = g.rmsNorm(x, weight('norm2', [D]), 1e-6);
  const gate = g.silu(g.matmul(normed, weight('gate', [D, F])));
  const hidden = g.multiply(gate, g.matmul(normed, weight('up', [D, F])));
  return g.matmul(hidden, weight('down', [F, D]));
}

interface Projected {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

function attention({ width, heads }: EngineStepSize, batch: Batch, { q, k, v }: Projected): Tensor {
  const headSize = width / heads;
  const { positions, cosTable, sinTable } = batch;
  const turned = (x: Tensor): Tensor => byHead(batch, heads, g.rope(x, positions, cosTable, sinTable, headSize));
  const scores = g.matmul(turned(q), turned(k), { transposeB: true, scale: 1 / Math.sqrt(headSize) });
  const mixed = g.matmul(g.softmax(g.add(scores, batch.causalMask)), byHead(batch, heads, v));
  return packed(batch, mixed, width);
}

/** [B, heads, S, d] -> [N, heads * d]. */
function packed({ packIndex, padIndex, padMask }: Batch, x: Tensor, width: number): Tensor {
  return g.packRows(g.reshape(g.transpose(x, [0, 2, 1, 3]), ['B', 'S', width]), packIndex, padIndex, padMask);
}

/** [N, heads * d] -> [B, heads, S, d]. */
function byHead({ padIndex, packIndex, padMask }: Batch, heads: number, x: Tensor): Tensor {
  const headSize = (x.shape[1] as number) / heads;
  return g.transpose(g.reshape(g.padRows(x, padIndex, packIndex, padMask), ['B', 'S', heads, headSize]), [0, 2, 1, 3]);
}

function batchInputs(size: EngineStepSize): Batch {
  const { angles, shape } = ropeAngles(size);
  return {
    positions: g.input('positions', ['N'], 'int32'),
    padIndex: g.input('padIndex', ['B', 'S'], 'int32'),
    packIndex: g.input('packIndex', ['N'], 'int32'),
    padMask: g.input('padMask', ['B', 'S']),
    causalMask: g.input('causalMask', ['S', 'S']),
    cosTable: g.constant({ shape, data: angles.map(Math.cos) }),
    sinTable: g.constant({ shape, data: angles.map(Math.sin) }),
  };
}

/** Of every position and pair of values of a head. */
function ropeAngles({ width, heads, rowLength }: EngineStepSize): {
  readonly angles: readonly number[];
  readonly shape: readonly number[];
} {
  const half = width / heads / 2;
  const angles = Array.from(
    { length: rowLength * half },
    (_, i) => Math.floor(i / half) / 10_000 ** ((i % half) / half),
  );
  return { angles, shape: [rowLength, half] };
}

interface AdamScales {
  readonly variance: Tensor;
  readonly epsilon: Tensor;
}

/**
 * AdamW (Loshchilov and Hutter 2019) with both moments kept without their (1 - beta) factors, which are folded into the
 * two scalars: M' = beta1 M + g, V' = beta2 V + g^2, p' = (1 - lr wd) p - M' / (varianceScale sqrt(V') + epsilonScale).
 */
function adamw(name: string, parameter: Tensor, gradient: Tensor, scales: AdamScales): readonly g.StateEntry[] {
  const moment = decayedSum(`${name}/moment`, ADAM.beta1, gradient);
  const variance = decayedSum(`${name}/variance`, ADAM.beta2, g.square(gradient));
  const denominator = g.add(g.multiply(g.sqrt(variance.next), scales.variance), scales.epsilon);
  const shrunk = g.multiply(parameter, g.constant(weightShrink));
  const next = g.subtract(shrunk, g.divide(moment.next, denominator));
  return [{ name, input: parameter, next }, moment, variance];
}

/** beta times what is kept, plus `added`. */
function decayedSum(name: string, beta: number, added: Tensor): g.StateEntry {
  const input = g.input(name, added.shape);
  return { name, input, next: g.add(g.multiply(input, g.constant(beta)), added) };
}

/**
 * The fed scalars of update `step`, counted from 1.
 * Update = lr mHat / (sqrt(vHat) + eps), with mHat = (1-b1) M / (1-b1^t) and vHat = (1-b2) V / (1-b2^t), divided
 * through by lr mHat / M.
 */
export function adamScalars(step: number): Readonly<Record<string, number>> {
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const momentScale = (learningRate * (1 - beta1)) / (1 - beta1 ** step);
  return {
    varianceScale: Math.sqrt((1 - beta2) / (1 - beta2 ** step)) / momentScale,
    epsilonScale: epsilon / momentScale,
  };
}
