/**
 * Functions with the prompts that ask for them: a description where there is one, in the template of the experiment.
 */
import path from 'node:path';
import {
  storedCompletions,
  storedFunctions,
  withPrompt,
  writeFunctions,
  type Completion,
  type CorpusFunction,
  type PromptedFunction,
  type Rows,
} from '../data/index.ts';
import type { DescriptionsKind } from '../kinds/index.ts';
import { kindOf, type DescriptionsSpec } from '../spec/index.ts';
import type { DescriptionsConfig } from './configs.ts';
import { located } from './kind-io.ts';
import { emitCounts, inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { expectedFunctions, plainWork } from './work-context.ts';

export const functionFiles = { trained: 'functions.jsonl', heldOut: 'held-out.jsonl' } as const;

export const descriptions: StageKind<DescriptionsConfig> = {
  kind: 'descriptions',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.2,
  work: async (stage, _, context) =>
    plainWork('descriptions', { functionsRead: expectedFunctions(stage, context)?.functions ?? 0 }),
  run: describeFunctions,
};

async function describeFunctions(context: StageContext<DescriptionsConfig>): Promise<StageEnd> {
  const { stage, folder, inputFolders, kinds, emit } = context;
  const spec = located(stage, 'descriptions');
  const kind = kindOf(kinds.descriptions, spec);
  const corpus = inputFolder(inputFolders, 'corpus');
  for (const [part, file] of Object.entries(functionFiles)) {
    const counts = { functions: 0, described: 0, 'function: no description': 0 };
    const written = inputFolders['completions'];
    const prompted = promptedFunctions(storedFunctions(path.join(corpus, file)), {
      kind,
      spec,
      counts,
      written: written === undefined ? null : storedCompletions(path.join(written, file)),
    });
    await writeFunctions(path.join(folder, file), prompted);
    emitCounts(emit, part === 'trained' ? 'descriptions' : 'descriptions_held_out', counts);
  }
  return { outcome: { kind: 'completed' }, outputs: Object.values(functionFiles) };
}

interface Describing {
  readonly kind: DescriptionsKind;
  readonly spec: DescriptionsSpec;
  readonly counts: { functions: number; described: number; 'function: no description': number };
  /** In the order of the functions, without those that the kind did not ask about. */
  readonly written: Rows<Completion> | null;
}

async function* promptedFunctions(
  functions: Rows<CorpusFunction>,
  { kind, spec, counts, written }: Describing,
): AsyncGenerator<PromptedFunction> {
  const writtenFor = completionsById(written);
  for await (const fn of functions) {
    const description = kind.describe(spec, fn, await writtenFor(fn.id));
    if (description === null && spec.require) {
      counts['function: no description'] += 1;
      continue;
    }
    counts.functions += 1;
    if (description !== null) counts.described += 1;
    yield withPrompt(fn, description, spec.template);
  }
}

/** The first completion of each function, asked for in their order. */
function completionsById(written: Rows<Completion> | null): (id: string) => Promise<string | null> {
  if (written === null) return async () => null;
  const rows = (async function* () {
    for await (const row of written) if (row.sample === 0) yield row;
  })();
  let ahead: Completion | null = null;
  return async (id) => {
    ahead ??= await nextOf(rows);
    if (ahead === null || ahead.id !== id) return null;
    const { text } = ahead;
    ahead = null;
    return text;
  };
}

async function nextOf<Row>(rows: AsyncGenerator<Row>): Promise<Row | null> {
  const { value, done } = await rows.next();
  return done === true ? null : (value as Row);
}
