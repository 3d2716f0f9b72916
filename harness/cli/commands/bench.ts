/** `harness bench pmp|engine`: speed of this machine, in numbers that say how they were taken. */
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { benchEngineStep, benchTrainStep, compareWithProof, readTokenPairs, referenceSize } from '../../bench/index.ts';
import type { ModelSpec } from '../../spec/experiment-schema.ts';

/** The fixed yardstick of the training step: 5.26 M parameters, vocabulary 4,096. */
const yardstick: ModelSpec = {
  name: 'yardstick', family: 'qwen2', hiddenSize: 256, layers: 4, heads: 4, keyValueHeads: 4, intermediateSize: 688, contextLength: 1024, rewardPooling: 'last', initStandardDeviation: 0.02, headSize: null, tieEmbeddings: null, constants: null,
};
const yardstickVocabSize = 4096;

export async function benchPmp(context: CliContext, flags: { readonly pairs: string; readonly pairsPerStep: number; readonly threads: number; readonly steps: number; readonly json: boolean }): Promise<void> {
  const { pairs, pairsPerStep, threads, steps } = flags;
  const result = await benchTrainStep({ model: yardstick, vocabSize: yardstickVocabSize, rows: readTokenPairs(pairs), pairsPerStep, steps, threads });
  if (flags.json) return context.printJson({ ...result, threads, pairsPerStep, steps });
  context.print(formatTable(['pairs/s', 'tokens/s', 'step ms (median)', 'peak MB'], [[result.pairsPerSecond.toFixed(2), result.tokensPerSecond.toFixed(0), result.stepMsMedian.toFixed(0), (result.peakMemoryBytes / 1e6).toFixed(0)]]));
}

export async function benchEngine(context: CliContext, flags: { readonly proof?: string; readonly rounds: number; readonly threads: number; readonly steps: number; readonly json: boolean }): Promise<void> {
  const { proof, rounds, threads, steps } = flags;
  if (proof === undefined) {
    const { tokensPerStep, stepMs, losses } = await benchEngineStep({ size: referenceSize, threads, steps });
    if (flags.json) return context.printJson({ threads, tokensPerStep, stepMs, losses });
    return context.print(formatTable(['step', 'ms', 'tokens/s', 'loss'], stepMs.map((ms, step) => [String(step), ms.toFixed(0), ((tokensPerStep / ms) * 1000).toFixed(0), (losses[step] ?? Number.NaN).toFixed(5)])));
  }
  const comparison = await compareWithProof({ script: proof, rounds, threads, steps });
  if (flags.json) return context.printJson({ ...comparison });
  context.print(formatTable(['round', 'harness tokens/s', 'other tokens/s', 'ratio'], comparison.rounds.map(({ ours, theirs, ratio }, round) => [String(round + 1), ours.toFixed(0), theirs.toFixed(0), ratio.toFixed(3)])));
  context.print(`ratio: median ${comparison.ratioMedian.toFixed(3)}, range ${comparison.ratioRange.map((ratio) => ratio.toFixed(3)).join(' to ')} (${comparison.machine}, ${threads} threads)`);
}
