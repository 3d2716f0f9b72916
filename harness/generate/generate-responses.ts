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
import { forLengths } from '../model/index.ts';
import { promptBatches } from './batches.ts';
import { BatchRun, type BatchObservers, type BatchRow } from './batch-run.ts';
import { contextName, forGrowingRows, type LanguageModel } from './language-model.ts';
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
  opened: LanguageModel,
  prompts: readonly Prompt[],
  sampling: SamplingWithEnd,
  options: GenerateOptions = {},
): Promise<Generated[]> {
  checkSampling(sampling);
  const language = { ...opened, model: forGrowingRows(opened.model) };
  for (const [index, prompt] of prompts.entries()) checkPrompt(prompt, index, opened);
  const { contextLength } = language.model;
  const rows = prompts.map((prompt, index) => ({
    prompt: index,
    tokens: prompt.tokens,
    response: new GrowingResponse(prompt, sampling, contextLength),
  }));
  const open = rows.filter(({ response }) => !response.isFinished);
  if (open.length > 0) await generateRows(language, open, sampling, options);
  return rows.map(({ response }) => response.result());
}

async function generateRows(
  language: LanguageModel,
  rows: readonly BatchRow[],
  sampling: SamplingWithEnd,
  options: GenerateOptions,
): Promise<void> {
  const model = forLengths(language.model, longestOf(rows, language, sampling));
  const sessions = await compileGeneration({ ...language, model }, sampling.temperature === 0);
  const leastRows = Math.ceil(language.threads / model.keyValueHeads);
  const engine = { model, sessions, temperature: sampling.temperature, leastRows };
  const tokens = rows.map((row) => row.tokens);
  const observers = observersOf(options);
  try {
    for (const { prompts, promptSlots } of promptBatches(tokens, options.batch ?? defaultBatch)) {
      const members = prompts.map((index) => rows[index] as BatchRow);
      await new BatchRun(engine, members, promptSlots, observers).run();
    }
  } finally {
    await sessions.release();
  }
}

/** They count over all batches. */
function observersOf({ onProgress, onNext, signal }: GenerateOptions): BatchObservers {
  let done = 0;
  return {
    signal: signal ?? null,
    onNext: ({ prompt }, next) => onNext?.(prompt, next),
    onFinished: () => onProgress?.(++done),
  };
}

function longestOf(rows: readonly BatchRow[], { model }: LanguageModel, sampling: SamplingWithEnd): number {
  return rows.reduce(
    (most, { tokens }) => Math.max(most, tokens.length + tokenLimit(tokens, model.contextLength, sampling)),
    0,
  );
}

function checkPrompt({ tokens }: Prompt, index: number, { model }: LanguageModel): void {
  const { contextLength, vocabSize } = forGrowingRows(model);
  if (tokens.length === 0) throw new RangeError(`prompt ${index}: it has no tokens, and a response follows one`);
  if (tokens.length > contextLength)
    throw new RangeError(`prompt ${index}: ${tokens.length} tokens, over ${contextLength}, ${contextName(model)}`);
  const unknown = tokens.find((token) => token < 0 || token >= vocabSize);
  if (unknown !== undefined) throw new RangeError(`prompt ${index}: token ${unknown} is not among ${vocabSize}`);
}
