/**
 * What a model writes for the prompts of the functions: sampled here from a model folder, or written by whatever the
 * generator asks. What was written before an interruption is kept.
 */
import path from 'node:path';
import { storedFunctions, storedPrompted, type Completion, type PromptedFunction } from '../data/index.ts';
import type { GeneratorKind, GeneratorPrompt, ModelWriter, Sampling } from '../kinds/index.ts';
import { costOf, modelConfig, type ModelConfig } from '../model/index.ts';
import { kindOf, type GeneratorSpec } from '../spec/index.ts';
import type { CompletionsConfig, PretrainConfig } from './configs.ts';
import { functionFiles } from './descriptions.ts';
import { appendCompletions } from './completion-file.ts';
import { kindIo, located, requireUnchanged } from './kind-io.ts';
import { sampledCompletions } from './sampled-completions.ts';
import { emitCounts, inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import type { DescribedStage, StageWork, WorkContext } from './stage-work.ts';
import { expectedFunctions, pairLengthsOf, plainWork } from './work-context.ts';

type Context = StageContext<CompletionsConfig>;

export const completions: StageKind<CompletionsConfig> = {
  kind: 'completions',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 1,
  work: completionsWork,
  run: writeCompletions,
};

async function writeCompletions(context: Context): Promise<StageEnd> {
  const { stage, folder, kinds, emit } = context;
  const spec = located(stage, 'generator');
  const kind = kindOf(kinds.generators, spec);
  requireUnchanged(kind, spec, stage.config.generatorDigest);
  const counted: Record<string, number> = {};
  if (!kind.isReproducible)
    emit({
      kind: 'note',
      text: 'what is written here cannot be made again elsewhere; every answer is kept',
    });
  for (const [part, file] of Object.entries(functionFiles)) {
    const write = completionsOf({ kind, spec, context, counted });
    const written = { file: path.join(folder, file), samples: spec.samples, write };
    const counts = await appendCompletions(written, promptsOf(context, file));
    emitCounts(emit, part === 'trained' ? 'completions' : 'completions_held_out', counts);
  }
  emitCounts(emit, 'generator', { ...counted, is_reproducible: kind.isReproducible ? 1 : 0 });
  return { outcome: { kind: 'completed' }, outputs: Object.values(functionFiles) };
}

interface Generating {
  readonly kind: GeneratorKind;
  readonly spec: GeneratorSpec;
  readonly context: Context;
  readonly counted: Record<string, number>;
}

function completionsOf({
  kind,
  spec,
  context,
  counted,
}: Generating): (prompts: AsyncIterable<GeneratorPrompt>) => AsyncIterable<Completion> {
  const { inputFolders, signal } = context;
  if (kind.sampled === undefined) {
    if (kind.write === undefined) throw new Error(`the generator ${kind.kind} can neither be sampled nor write`);
    const count = (name: string, value: number): void => void (counted[name] = (counted[name] ?? 0) + value);
    const io = { ...kindIo(context), signal, count, writer: () => writerOf(context) };
    return (prompts) => kind.write?.(spec, prompts, io) as AsyncIterable<Completion>;
  }
  const { folder, sampling } = kind.sampled(spec, inputFolders['model'] ?? null);
  const tokenizerFolder = inputFolders['tokenizer'] ?? folder;
  const sampled = { folder, tokenizerFolder, sampling, samples: spec.samples };
  return (prompts) => sampledCompletions(prompts, sampled, context);
}

async function writerOf({ writer }: Context): Promise<ModelWriter> {
  if (writer === undefined) throw new Error('this process was given no program to sample with');
  return await writer();
}

/** Asks for bodies with the prompts of the descriptions, and for descriptions with what their kind asks. */
async function* promptsOf({ stage, inputFolders, kinds }: Context, file: string): AsyncGenerator<GeneratorPrompt> {
  if (stage.config.response === 'body') {
    for await (const fn of storedPrompted(path.join(inputFolder(inputFolders, 'descriptions'), file)))
      yield bodyPrompt(fn);
    return;
  }
  const spec = located(stage, 'descriptions');
  const kind = kindOf(kinds.descriptions, spec);
  for await (const fn of storedFunctions(path.join(inputFolder(inputFolders, 'corpus'), file))) {
    const prompt = kind.ask?.(spec, fn) ?? null;
    if (prompt !== null) yield { id: fn.id, prompt, signature: '' };
  }
}

function bodyPrompt({ id, prompt, signature }: PromptedFunction): GeneratorPrompt {
  return { id, prompt, signature };
}

/** As long as the functions are; of a model that the experiment does not train nothing is known. */
async function completionsWork(
  stage: DescribedStage<CompletionsConfig>,
  _: number | null,
  context: WorkContext,
): Promise<StageWork> {
  const trained = context.stage(stage.inputs['model'] ?? '');
  if (trained === null) return plainWork('completions', {});
  const functions = expectedFunctions(stage, context);
  const prompts = (functions?.functions ?? 0) + (functions?.heldOut ?? 0);
  const model = modelConfig(trained.config as PretrainConfig);
  const { samples, maxTokens } = located(stage, 'generator') as GeneratorSpec & Pick<Sampling, 'maxTokens'>;
  const tokens = Math.min(maxTokens, pairLengthsOf(stage, model, context).chosen);
  return plainWork('completions', { tokensWritten: prompts * samples * tokens * tokenWeight(model) });
}

/** Seconds a token, measured: 1.4e-4 with 0.10 M parameters, 4.0e-4 with 0.83 M; 1 for the smaller one. */
function tokenWeight(model: ModelConfig): number {
  return (1 + costOf(model).paramsTotal / 3e5) / (1 + 1.03e5 / 3e5);
}
