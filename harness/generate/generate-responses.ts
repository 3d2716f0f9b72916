/**
 * Responses to prompts, token by token. What is generated for a prompt depends on the model, the prompt, its key and
 * the sampling, and on nothing that shares a batch with it. On the CPU this holds to the last bit, because:
 *
 * - Products with weights add up each row in the same order for any number of rows and threads (see programs.ts).
 * - Attention is computed row by row, in sizes that follow from the row's own prompt and position (see batches.ts); a
 *   batch has at least as many of these products as there are threads, or a single one would be cut among them.
 * - Everything else works on one token at a time.
 * - Random numbers are drawn from a stream of the seed and the prompt's key, one a position.
 */
import { promptBatches } from './batches.ts';
import { BatchRun, type BatchEngine, type BatchRow } from './batch-run.ts';
import { forLengths, type LanguageModel } from './language-model.ts';
import { compileGeneration } from './programs.ts';
import { GrowingResponse, tokenLimit, type Generated, type Prompt, type SamplingWithEnd } from './response.ts';
import { checkSampling } from './sampling.ts';

export interface GenerateOptions {
  /** Rows of a batch. Execution only: results do not depend on it. */
  readonly batch?: number;
  /** Called with the number of finished responses. */
  readonly onProgress?: (done: number) => void;
  /** Called before each token is taken, with the prompt's number and its logits, or its probabilities where sampled. */
  readonly onNext?: (prompt: number, next: Float32Array) => void;
  readonly signal?: AbortSignal;
}

export const defaultBatch = 64;

/**
 * One response to each prompt, in the order of the prompts. Throws RangeError for a prompt without tokens, over the
 * context length or with unknown tokens, and for sampling out of range; the signal's reason where it is aborted.
 */
export async function generateResponses(
  language: LanguageModel,
  prompts: readonly Prompt[],
  sampling: SamplingWithEnd,
  options: GenerateOptions = {},
): Promise<Generated[]> {
  checkSampling(sampling);
  const { model } = language;
  for (const [index, prompt] of prompts.entries()) checkPrompt(prompt, index, language);
  const responses = prompts.map((prompt) => new GrowingResponse(prompt, sampling, model.contextLength));
  const open = [...prompts.keys()].filter((index) => !responses[index]!.isFinished);
  if (open.length > 0) {
    const rows = open.map((index) => ({
      prompt: index,
      tokens: prompts[index]!.tokens,
      response: responses[index]!,
    }));
    const longest = open.reduce((most, index) => Math.max(most, lengthOf(prompts[index]!, language, sampling)), 0);
    await generateRows({ ...language, model: forLengths(model, longest) }, rows, sampling, options);
  }
  return responses.map((response) => response.result());
}

async function generateRows(
  language: LanguageModel,
  rows: readonly BatchRow[],
  sampling: SamplingWithEnd,
  { batch = defaultBatch, onProgress, onNext, signal }: GenerateOptions,
): Promise<void> {
  const sessions = await compileGeneration(language, sampling.temperature === 0);
  const { model, threads } = language;
  const engine: BatchEngine = {
    model,
    sessions,
    temperature: sampling.temperature,
    leastRows: Math.ceil(threads / model.keyValueHeads),
  };
  let done = 0;
  const batchOptions = {
    signal: signal ?? null,
    onNext: ({ prompt }: BatchRow, next: Float32Array) => onNext?.(prompt, next),
    onFinished: () => onProgress?.(++done),
  };
  try {
    for (const { prompts, promptSlots } of promptBatches(
      rows.map(({ tokens }) => tokens),
      batch,
    )) {
      const members = prompts.map((index) => rows[index]!);
      await new BatchRun(engine, members, promptSlots, batchOptions).run();
    }
  } finally {
    await sessions.release();
  }
}

function lengthOf(prompt: Prompt, { model }: LanguageModel, sampling: SamplingWithEnd): number {
  return prompt.tokens.length + tokenLimit(prompt, model.contextLength, sampling);
}

function checkPrompt({ tokens }: Prompt, index: number, { model }: LanguageModel): void {
  const { contextLength, vocabSize } = model;
  if (tokens.length === 0) throw new RangeError(`prompt ${index}: it has no tokens, and a response follows one`);
  if (tokens.length > contextLength)
    throw new RangeError(`prompt ${index}: ${tokens.length} tokens, over the context length ${contextLength}`);
  const unknown = tokens.find((token) => token < 0 || token >= vocabSize);
  if (unknown !== undefined) throw new RangeError(`prompt ${index}: token ${unknown} is not among ${vocabSize}`);
}
