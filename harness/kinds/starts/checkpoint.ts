/**
 * A Hugging Face folder of one of the supported families, with its own tokenizer. A reward head that is there is taken
 * over and trained on; one that is missing starts at random, by the seed of the trial. Its weights may have 16 bits:
 * they are computed with in float32.
 */
import path from 'node:path';
import { z } from 'zod';
import {
  familyOf,
  fixedContext,
  hasLengthRopes,
  loadModelFolder,
  sourceOf,
  type ModelConfig,
  type Parameters,
} from '../../model/index.ts';
import { count, location, name, UserError, type ResponseEnd, type RuleBreak } from '../../spec/index.ts';
import type { StartKind } from '../kind.ts';
import { templatesDigest, withTemplates } from '../chat-templates.ts';
import { digestOfFolder } from './checkpoint-files.ts';
import { checkFolder, type CheckpointFolder } from './checkpoint-folder.ts';
import { declarationRules, declaredModel, declaredSchema } from './declared.ts';

/**
 * Tables of positions and the longest pairs are made for the context: most checkpoints have far more than pairs need.
 */
const usualContext = 1024;

/** What is said of a model that is there already. */
export const checkpointFields = {
  name: name.nullable().default(null).describe("The model's name in charts and tables; null = the folder's name."),
  contextLength: count
    .nullable()
    .default(null)
    .describe(
      'Longer pairs are dropped; at most the context of the checkpoint, with dynamic rotary positions the original ' +
        `one. ` +
        `null = that context, or ${usualContext} where it is longer.`,
    ),
  rewardPooling: z
    .enum(['last', 'mean'])
    .nullable()
    .default(null)
    .describe(
      'Which hidden states the reward head reads; null = as in the checkpoint: ' +
        '`last`, unless it was trained here with `mean`.',
    ),
  responseEnd: z
    .enum(['token', 'none'])
    .nullable()
    .default(null)
    .describe(
      'What stands behind each response: the end `token` of the tokenizer, or `none`. null = as the checkpoint was ' +
        'trained here, and the end token behind those of one from elsewhere.',
    ),
  declared: declaredSchema,
};

const schema = z.strictObject({
  kind: z.literal('checkpoint'),
  path: location.describe(
    'A folder with config.json, model.safetensors (or shards) and tokenizer.json, of an architecture that is ' +
      'computed here (docs/models.md); or with adapter_config.json and adapter_model.safetensors, which names ' +
      'its base.',
  ),
  ...checkpointFields,
});

type CheckpointSpec = z.output<typeof schema>;

export const checkpoint: StartKind<CheckpointSpec> = {
  kind: 'checkpoint',
  schema,
  locations: ['path'],
  restated: ['name', 'contextLength', 'rewardPooling', 'responseEnd', 'declared'],
  rules: checkpointRules,
  digest: (spec) => digestOfFolder(spec.path),
  templatesDigest: (spec) => (isAbsent(spec) ? null : templatesDigest(tokenizerFolder(spec.path))),
  provides: (spec) => {
    const { vocabSize, ...model } = modelOf(spec, describedModel(spec));
    return { model, tokenizer: { kind: 'checkpoint', vocabSize } };
  },
  parameters: async (spec, model, seed) => {
    const loaded = await loadModelFolder(spec.path, { missingHeads: { seed } });
    return withContext(loaded.parameters, model);
  },
  folder: (spec) => spec.path,
  tokenizerFiles: (spec) => {
    const { json, config } = opened(spec).tokenizer;
    return { json, config: withTemplates(config, tokenizerFolder(spec.path)) };
  },
};

/** Where the tokenizer lies: of an adapter, it may be beside its base. */
function tokenizerFolder(folder: string): string {
  return path.dirname(sourceOf(folder).tokenizer);
}

function isAbsent(spec: CheckpointSpec): boolean {
  const answer = checkFolder(spec.path);
  return 'broken' in answer && answer.broken.isAbsent === true;
}

/** What it is said to be where it is not here, and else what it is. @throws UserError (2) where neither is known. */
function describedModel(spec: CheckpointSpec): ModelConfig {
  return spec.declared !== null && isAbsent(spec) ? declaredModel(spec.declared) : opened(spec).model;
}

function checkpointRules(spec: CheckpointSpec): readonly RuleBreak[] {
  const answer = checkFolder(spec.path);
  if ('broken' in answer) return [absentRule(spec, answer.broken)];
  const { model } = answer.checkpoint;
  return [...contextRules(spec, model), ...declarationRules(spec.declared, model)];
}

/** Without its sizes nothing can be planned. */
function absentRule({ declared }: CheckpointSpec, broken: RuleBreak): RuleBreak {
  if (broken.isAbsent !== true || declared !== null) return broken;
  const { isAbsent: _, ...needed } = broken;
  return { ...needed, suggestion: '`start.declared` gives its sizes, for a plan without it' };
}

function contextRules(spec: CheckpointSpec, model: ModelConfig): readonly RuleBreak[] {
  const most = trainedContext(model);
  if (spec.contextLength === null || spec.contextLength <= most) return [];
  const reason = hasLengthRopes(model) ? ', in which rotary angles do not depend on the length of each row' : '';
  return [
    {
      fields: ['contextLength', 'path'],
      expected: `at most ${most}, the ${reason === '' ? '' : 'original '}context of the checkpoint${reason}`,
      found: String(spec.contextLength),
    },
  ];
}

/** @throws UserError (2) where the folder is no starting point. */
function opened({ path: folder }: CheckpointSpec): CheckpointFolder {
  const answer = checkFolder(folder);
  if ('checkpoint' in answer) return answer.checkpoint;
  const { expected, found, suggestion } = answer.broken;
  throw new UserError(`start.path: expected ${expected}, found ${found}`, {
    exitCode: 2,
    ...(suggestion !== undefined && { hint: suggestion }),
  });
}

function modelOf(spec: CheckpointSpec, model: ModelConfig): ModelConfig {
  return {
    ...model,
    name: spec.name ?? nameOf(spec.path),
    contextLength: Math.min(trainedContext(model), spec.contextLength ?? usualContext),
    rewardPooling: spec.rewardPooling ?? model.rewardPooling,
    responseEnd: responseEndOf(spec, model),
  };
}

/** A model has null for the end token, which here stands for what the checkpoint does. */
function responseEndOf({ responseEnd }: CheckpointSpec, model: ModelConfig): ResponseEnd {
  if (responseEnd === null) return model.responseEnd;
  return responseEnd === 'token' ? null : responseEnd;
}

/** In longer rows rotary angles depend on the length of each row, and responses of several lengths share a prompt. */
function trainedContext(model: ModelConfig): number {
  return Math.min(model.contextLength, fixedContext(model));
}

/** The folder's name in the letters that names have; in the cache of the hub, that of the model. */
function nameOf(folder: string): string {
  const inHub = /models--(?:.*--)?([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(folder);
  const slug = (inHub?.[1] ?? path.basename(folder)).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return slug.replaceAll(/^-+|-+$/g, '') || 'checkpoint';
}

/** Learned positions are parameters: those beyond the context are never read, and are left out. */
function withContext(parameters: Parameters, model: ModelConfig): Parameters {
  const { position } = familyOf(model);
  if (position.kind !== 'learned') return parameters;
  const positions = `${position.name}.weight`;
  const kept = parameters[positions]?.slice(0, model.contextLength * model.hiddenSize) as Float32Array;
  return { ...parameters, [positions]: kept };
}
