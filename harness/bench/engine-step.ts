/**
 * Times the dense step of the engine. Random tokens, a label at every position, so the loss starts near ln(vocabulary).
 */
import { onnxruntimeCpu, type Executor, type Feed, type Session } from '../engine/index.ts';
import { randomStream } from '../random/index.ts';
import { adamScalars, trainingStep, type EngineStepSize } from './dense-step.ts';

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

export async function benchEngineStep(options: EngineStepOptions): Promise<EngineStepResult> {
  const { size, steps, threads, executor = onnxruntimeCpu() } = options;
  const { program, initial } = trainingStep(size);
  const session = await executor.compile(program, { threads });
  session.setState(initial);
  const taken = await takeSteps(session, size, steps);
  await session.release();
  return { tokensPerStep: size.rows * size.rowLength, ...taken };
}

async function takeSteps(
  session: Session,
  size: EngineStepSize,
  steps: number,
): Promise<Pick<EngineStepResult, 'stepMs' | 'losses'>> {
  const stepMs: number[] = [];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const feeds = feedsAt(size, step);
    const start = performance.now();
    const { loss } = await session.run(feeds);
    stepMs.push(performance.now() - start);
    losses.push(loss?.[0] ?? Number.NaN);
  }
  return { stepMs, losses };
}

/** The same random batch at every step, with the optimizer's scalars of `step` (counted from 1). */
export function feedsAt(size: EngineStepSize, step: number): Record<string, Feed> {
  return { ...randomBatch(size), ...adamScalars(step) };
}

function randomBatch(size: EngineStepSize): Record<string, Feed> {
  return { ...randomTokens(size), ...denseRows(size) };
}

function randomTokens({ rows, rowLength, vocabulary }: EngineStepSize): Record<string, Feed> {
  const N = rows * rowLength;
  const random = randomStream(7, 'tokens');
  const drawn = (): Feed => ({ data: Int32Array.from({ length: N }, () => random.integer(vocabulary)), shape: [N] });
  return { tokens: drawn(), targets: drawn() };
}

/** Rows without padding: the packed tokens are the padded ones. */
function denseRows({ rows, rowLength }: EngineStepSize): Record<string, Feed> {
  const N = rows * rowLength;
  const numbers = Int32Array.from({ length: N }, (_, i) => i);
  return {
    positions: { data: numbers.map((i) => i % rowLength), shape: [N] },
    padIndex: { data: numbers, shape: [rows, rowLength] },
    packIndex: { data: numbers, shape: [N] },
    padMask: { data: new Float32Array(N).fill(1), shape: [rows, rowLength] },
    causalMask: { data: causalMask(rowLength), shape: [rowLength, rowLength] },
  };
}

function causalMask(rowLength: number): Float32Array {
  return Float32Array.from({ length: rowLength ** 2 }, (_, i) =>
    i % rowLength > Math.floor(i / rowLength) ? -1e9 : 0,
  );
}
