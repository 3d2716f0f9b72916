/**
 * `harness generate MODEL FILE`: completions of prompts by a language model, as JSON lines in the order of the file.
 * The file is checked as a whole before anything is generated.
 */
import { writeFileSync, renameSync } from 'node:fs';
import type { Device, OpenedExecutor } from '../../engine/index.ts';
import {
  completionText,
  defaultBatch,
  generateResponses,
  openLanguageModel,
  readPrompts,
  type Generated,
  type OpenedLanguageModel,
  type PromptRow,
} from '../../generate/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { fileToReplace } from '../../store/index.ts';
import { formatDuration, jsonText, plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { openDevice } from '../open-device.ts';
import { modelFolder } from '../model-folder.ts';
import { rowInput } from '../row-input.ts';
import { stageTokenizer } from '../stage-tokenizer.ts';

interface GenerateFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly output?: string;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
  readonly samples: number;
  readonly batch?: number;
  readonly tokenizer?: string;
  readonly chatTemplate?: string;
  readonly chat: boolean;
  readonly device: Device | 'auto';
  readonly threads: number;
}

export async function generateCommand(
  context: CliContext,
  flags: GenerateFlags,
  model: string,
  file: string,
): Promise<void> {
  checkFlags(flags);
  const folder = modelFolder(model, context.resultsFolder(flags.results));
  const tokenizer = flags.tokenizer ?? stageTokenizer(folder);
  const opened = await openLanguageModel(folder, tokenizer, flags.chatTemplate ?? null);
  using input = await rowInput(file);
  if (opened.model.responseEnd === 'none') context.note(neverEnds);
  const limits = { ...opened.model, ...opened, chat: flags.chat };
  const prompts = await readPrompts(input, limits);
  const engine = await openDevice(context, flags.device);
  const start = performance.now();
  const completions = await complete(prompts, flags, opened, engine);
  const durationMs = performance.now() - start;
  const records = completions.map((completion) => recordOf(completion, opened));
  report(context, flags, { folder, engine, completions, records, durationMs });
}

const neverEnds =
  'this model was trained here without an end token behind a response: a completion may go on to --max-tokens';

/** What could never be what was meant. */
function checkFlags({ samples, temperature, topP, json, output }: GenerateFlags): void {
  if (samples > 1 && temperature === 0)
    throw new UserError(`--samples ${samples} with --temperature 0 gives ${samples} equal completions`, {
      exitCode: 2,
      hint: 'Give a temperature above 0, or leave out --samples.',
    });
  if (topP < 1 && temperature === 0)
    throw new UserError('--top-p says nothing with --temperature 0: the most probable token is taken', {
      exitCode: 2,
      hint: 'Leave one of them out.',
    });
  if (json && output === '-')
    throw new UserError('--json and --output - both write to stdout', {
      exitCode: 2,
      hint: 'Give --output a file name, or leave one of them out.',
    });
  if (output !== undefined && output !== '-') fileToReplace(output);
}

interface Completion extends Generated {
  readonly row: PromptRow;
  readonly sample: number;
}

/** In the order of the file, the samples of a prompt one after another. */
async function complete(
  prompts: readonly PromptRow[],
  { temperature, topP, maxTokens, seed, samples, batch, threads }: GenerateFlags,
  { model, parameters, endToken }: OpenedLanguageModel,
  { executor }: OpenedExecutor,
): Promise<readonly Completion[]> {
  const wanted = prompts.flatMap((row) => Array.from({ length: samples }, (_, sample) => ({ row, sample })));
  const generated = await generateResponses(
    { model, parameters, executor, threads },
    // A key without id and line: an equal prompt gets equal completions wherever it stands.
    wanted.map(({ row, sample }) => ({ key: JSON.stringify([row.prompt, sample]), tokens: row.tokens })),
    { temperature, topP, maxTokens, seed, endToken: endToken() },
    { batch: batch ?? defaultBatch },
  );
  return wanted.map((one, index) => ({ ...one, ...(generated[index] as Generated) }));
}

interface Result {
  readonly folder: string;
  readonly engine: OpenedExecutor;
  readonly completions: readonly Completion[];
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly durationMs: number;
}

function report(context: CliContext, flags: GenerateFlags, result: Result): void {
  const { output } = flags;
  const lines = result.records.map(jsonText);
  if (output !== undefined && output !== '-') writeWhole(output, lines.map((line) => `${line}\n`).join(''));
  const summary = summaryOf(result);
  if (flags.json) return context.printJson(documentOf(flags, result, summary));
  if (output === undefined || output === '-') for (const line of lines) context.print(line);
  const { device, reason } = result.engine;
  const { completions, ended, tokens, tokensPerSecond } = summary;
  context.note(
    `${plural(completions, 'completion')}, ${ended} of them ended; ${plural(tokens, 'token')} in ` +
      `${formatDuration(result.durationMs)}, ${tokensPerSecond.toFixed(0)} tokens/s, device ${device} (${reason})`,
  );
}

function summaryOf({ completions, durationMs }: Result) {
  const tokens = completions.reduce((sum, completion) => sum + completion.tokens.length, 0);
  return {
    completions: completions.length,
    ended: completions.filter(({ finish }) => finish === 'end').length,
    tokens,
    tokensPerSecond: (tokens / durationMs) * 1000,
  };
}

function documentOf(
  { output, temperature, topP, maxTokens, seed, samples, threads }: GenerateFlags,
  { folder, engine, records, durationMs }: Result,
  { tokensPerSecond, ...summary }: ReturnType<typeof summaryOf>,
): Readonly<Record<string, unknown>> {
  return {
    model: folder,
    device: engine.device,
    threads,
    sampling: { temperature, topP, maxTokens, seed, samples },
    summary,
    speed: { durationMs, tokensPerSecond },
    output: output ?? null,
    completions: output === undefined ? records : null,
  };
}

/** The line of output for a completion; its text is null where there is no tokenizer. */
function recordOf({ row, sample, tokens, finish }: Completion, opened: OpenedLanguageModel): Result['records'][number] {
  const { id, place, prompt } = row;
  const completion = opened.hasTokenizer ? completionText(opened.tokenizer(), row.tokens, tokens) : null;
  return { id, [place.unit]: place.number, sample, prompt, completion, finish, tokens: [...tokens] };
}

/** The file appears under its name once it is whole. */
function writeWhole(path: string, text: string): void {
  const file = fileToReplace(path);
  try {
    writeFileSync(`${file}.partial`, text);
    renameSync(`${file}.partial`, file);
  } catch (cause) {
    throw new UserError(`${path}: cannot be written: ${(cause as Error).message}`, {
      exitCode: 4,
      hint: 'Check the folder and the free disk space.',
      cause,
    });
  }
}
