/** Completions sampled from a model folder, some prompts at a time. A prompt's tokens do not depend on its company. */
import { encodePrompt, type Completion, type Tokenizer } from '../data/index.ts';
import { executorOf } from '../engine/index.ts';
import { generateResponses, loadLanguageModel } from '../generate/index.ts';
import type { GeneratorPrompt, Sampling } from '../kinds/index.ts';
import type { StageContext } from './stage-kind.ts';
import { readTokenizer } from './tokenizer.ts';

/** Prompts that are sorted by length together, so that the batches among them are even. */
const promptsAtOnce = 512;

export interface Sampled {
  readonly folder: string;
  readonly tokenizerFolder: string;
  readonly sampling: Sampling;
  readonly samples: number;
}

/** A prompt that leaves no room in the model's context gives an empty completion that was cut off. */
export async function* sampledCompletions(
  prompts: AsyncIterable<GeneratorPrompt>,
  { folder, tokenizerFolder, sampling, samples }: Sampled,
  { execution, signal }: Pick<StageContext, 'execution' | 'signal'>,
): AsyncGenerator<Completion> {
  const tokenizer = readTokenizer(tokenizerFolder);
  const { device, threads } = execution;
  const model = { ...(await loadLanguageModel(folder)), executor: await executorOf(device), threads };
  for await (const some of inGroups(prompts, promptsAtOnce)) {
    const asked = some.flatMap((one) => samplesOf(one, samples, tokenizer, model.model.contextLength));
    const written = await generateResponses(model, asked, { ...sampling, endToken: tokenizer.endToken }, { signal });
    for (const [index, { tokens, finish }] of written.entries()) {
      const { id, sample } = asked[index] as (typeof asked)[number];
      yield { id, sample, text: tokenizer.decode(tokens), finish };
    }
  }
}

interface AskedSample {
  readonly id: string;
  readonly sample: number;
  readonly key: string;
  readonly tokens: Int32Array;
}

function samplesOf(
  { id, prompt }: GeneratorPrompt,
  samples: number,
  tokenizer: Tokenizer,
  contextLength: number,
): readonly AskedSample[] {
  const tokens = encodePrompt(prompt, tokenizer).subarray(0, contextLength);
  return Array.from({ length: samples }, (_, sample) => ({ id, sample, key: `${id}#${sample}`, tokens }));
}

async function* inGroups<Row>(rows: AsyncIterable<Row>, size: number): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  for await (const row of rows) {
    if (group.push(row) < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
