/** The code that a sweep spends its time in outside the engine, each as one call that can be repeated. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTokenizer, trainBpe } from '../data/index.ts';
import { RowPacker } from '../model/index.ts';
import { fingerprintOf } from '../plan/index.ts';
import { randomStream } from '../random/index.ts';
import { drawWeights, resampledMeans } from '../stats/index.ts';
import { Journal } from '../store/index.ts';
import { batchOrder, trainProgram } from '../train/index.ts';
import { benchOptimizer } from './step-options.ts';
import { yardstick } from './yardstick.ts';

export interface HotPath {
  readonly name: string;
  /** What one call does. */
  readonly work: string;
  /** Makes what the calls need, which is not timed. */
  open(): OpenPath | Promise<OpenPath>;
}

export interface OpenPath {
  /** What it returns is not looked at; returning it keeps the compiler from leaving the work out. */
  call(): unknown;
  close?(): void | Promise<void>;
}

export const hotPaths: readonly HotPath[] = [
  { name: 'train-bpe', work: 'learn 320 tokens from 200 functions', open: openBpeTraining },
  { name: 'encode', work: 'encode 200 functions with a tokenizer in use', open: openEncoding },
  { name: 'random', work: 'draw 1,000 normal numbers', open: openRandom },
  { name: 'batch-order', work: 'order one epoch of 20,000 pairs', open: openBatchOrder },
  { name: 'pack-rows', work: 'pack 16 pairs of 150 tokens', open: openPacking },
  { name: 'train-program', work: 'build a training step of 5 M parameters with its gradients', open: openProgram },
  { name: 'fingerprint', work: 'identify one finetune stage', open: openFingerprint },
  { name: 'journal', work: 'append one metric', open: openJournal },
  { name: 'bootstrap', work: 'resample 500 items 1,000 times', open: openBootstrap },
];

/** Functions alike in shape and different in names and numbers, as those of a package are. */
function sampleFunctions(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `/** The ${index}th part of the sum of all values above a limit. */
function partAbove${index}(values, limit = ${index * 7}) {
  let total${index % 10} = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (values[i] > limit && values[i] !== null) total${index % 10} += values[i] * ${index % 13};
  }
  return total${index % 10} / ${index + 1};
}
`,
  );
}

function openBpeTraining(): OpenPath {
  const functions = sampleFunctions(200);
  return { call: () => trainBpe(functions, { vocabSize: 320 }) };
}

function openEncoding(): OpenPath {
  const functions = sampleFunctions(200);
  const tokenizer = loadTokenizer(trainBpe(functions, { vocabSize: 320 }));
  return { call: () => functions.map((text) => tokenizer.encode(text)) };
}

function openRandom(): OpenPath {
  const stream = randomStream(1, 'micro');
  return { call: () => Array.from({ length: 1000 }, () => stream.normal()) };
}

function openBatchOrder(): OpenPath {
  const lengths = Array.from({ length: 20_000 }, (_, index) => 50 + ((index * 37) % 200));
  return { call: () => batchOrder({ seed: 1, pairsPerStep: 16, lengths }).at(0) };
}

function openPacking(): OpenPath {
  const tokens = (length: number): Int32Array => Int32Array.from({ length }, (_, index) => index);
  const row = { prompt: tokens(50), responses: [tokens(50), tokens(50)] };
  const rows = Array.from({ length: 16 }, () => row);
  const packer = new RowPacker(160);
  return { call: () => packer.pack(rows) };
}

function openProgram(): OpenPath {
  const model = yardstick('5m');
  return { call: () => trainProgram(model, 'pairwise+lm', 4) };
}

function openFingerprint(): OpenPath {
  const config = { model: yardstick('5m'), finetune: { optimizer: benchOptimizer, steps: 200, samples: 512 }, seed: 1 };
  return { call: () => fingerprintOf('finetune', config, {}) };
}

function openJournal(): OpenPath {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-micro-'));
  const journal = new Journal(folder, 1);
  return {
    call: () => journal.append({ kind: 'metric', step: 100, name: 'train/pairwise_loss', value: 0.5931 }),
    close: () => {
      journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function openBootstrap(): OpenPath {
  const { uniform } = randomStream(1, 'micro');
  const row = Float64Array.from({ length: 500 }, () => uniform());
  const draws = drawWeights(row.length, 1000, uniform);
  return { call: () => resampledMeans(row, draws) };
}
