/**
 * adapter_config.json as `peft` writes it -> what merging needs. Only plain LoRA is computed: whatever else a file
 * switches on is refused by its name, so that no variant is taken for another.
 */
import { UserError } from '../spec/user-error.ts';
import { openConfig, type ConfigReader } from './config-reader.ts';

export interface AdapterConfig {
  readonly path: string;
  /** As written: a folder or the id of a model on the hub; null where none is named. */
  readonly base: string | null;
  /** By how much B A is multiplied for the module of this name (`model.layers.0.self_attn.q_proj`), of this rank. */
  scaleOf(module: string, rank: number): number;
}

/** What does not change the computation of a finished adapter, or is read from the tensors instead. */
const harmless: ReadonlySet<string> = new Set([
  'peft_type',
  'task_type',
  'auto_mapping',
  'peft_version',
  'base_model_name_or_path',
  'revision',
  'inference_mode',
  'r',
  'target_modules',
  'exclude_modules',
  'lora_alpha',
  'lora_dropout',
  'fan_in_fan_out',
  'bias',
  'use_rslora',
  'modules_to_save',
  'init_lora_weights',
  'layers_to_transform',
  'layers_pattern',
  'rank_pattern',
  'alpha_pattern',
  'megatron_core',
  'qalora_group_size',
  'lora_bias',
  'ensure_weight_tying',
  'eva_config',
  'velora_config',
  'runtime_config',
]);

/** Ways to start that leave the base's weights as they are; the others put the rest of a decomposition in their place. */
const plainStarts: ReadonlySet<unknown> = new Set([undefined, true, false, 'gaussian', 'eva', 'orthogonal']);

/** Throws UserError (exit 4) naming every feature that is not computed here. */
export function readAdapterConfig(path: string): AdapterConfig {
  const config = openConfig(path);
  const kind = config.text('peft_type');
  if (kind !== 'LORA')
    throw new UserError(`${path}: peft_type: a ${JSON.stringify(kind)} adapter, and only LORA is computed here`, {
      exitCode: 4,
      hint: mergeHint,
    });
  checkPlain(config);
  const scaleOf = scaleFrom(config);
  const base = config.raw('base_model_name_or_path');
  config.finish(mergeHint);
  return { path, base: typeof base === 'string' && base !== '' ? base : null, scaleOf };
}

const mergeHint = 'Merge the adapter with peft instead: merge_and_unload(), then save_pretrained(folder).';

function checkPlain(config: ConfigReader): void {
  if (config.raw('use_dora') === true) config.problem('use_dora: DoRA is not computed here');
  const start = config.raw('init_lora_weights');
  if (!plainStarts.has(start))
    config.problem(
      `init_lora_weights: ${JSON.stringify(start)} changes the weights of the base, which is not computed`,
    );
  for (const key of config.keys()) {
    if (harmless.has(key) || key === 'use_dora' || isOff(config.raw(key))) continue;
    config.problem(`${key}: ${JSON.stringify(config.raw(key))} is not computed here`);
  }
}

/** Null, false, and maps and lists without anything in them. */
function isOff(value: unknown): boolean {
  if (value === undefined || value === false) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** alpha / r, or alpha / sqrt(r) of rank-stabilized LoRA (arXiv 2312.03732); patterns set either for some modules. */
function scaleFrom(config: ConfigReader): AdapterConfig['scaleOf'] {
  const alpha = { usual: config.positive('lora_alpha', 8), of: patternsOf(config, 'alpha_pattern') };
  const ranks = { usual: config.count('r', 8), of: patternsOf(config, 'rank_pattern') };
  const isStabilized = config.boolean('use_rslora', false);
  return (module, rank) => {
    const stated = valueFor(ranks, module);
    if (stated !== rank)
      throw new UserError(`${config.path}: the rank of ${module} is ${stated}, its tensors have rank ${rank}`, {
        exitCode: 4,
        hint: 'adapter_config.json and the weights must come from the same adapter.',
      });
    return valueFor(alpha, module) / (isStabilized ? Math.sqrt(rank) : rank);
  };
}

interface PatternValues {
  readonly usual: number;
  readonly of: readonly (readonly [pattern: RegExp, value: number])[];
}

/** The keys are regular expressions for the end of a module's name, whole parts of it; the first that fits counts. */
function patternsOf(config: ConfigReader, key: string): PatternValues['of'] {
  const map = config.map(key);
  return (map?.keys() ?? []).map((pattern) => [patternOf(config, pattern), map?.positive(pattern) ?? NaN]);
}

function patternOf(config: ConfigReader, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:.*\\.)?(?:${pattern})$`);
  } catch {
    config.problem(`${JSON.stringify(pattern)} is no regular expression that can be read here`);
    return /^$/;
  }
}

function valueFor({ usual, of }: PatternValues, module: string): number {
  return of.find(([pattern]) => pattern.test(module))?.[1] ?? usual;
}
