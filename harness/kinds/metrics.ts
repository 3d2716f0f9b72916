/**
 * Every metric that a stage records: its unit, which direction is better, and how people call it. Checks, axes and
 * number formats follow from the unit. A new metric is a new record in `metrics`.
 */
/**
 * `share`: between 0 and 1, shown in percent. `nats`: a cross-entropy. `reward`: in units of the reward head.
 * `correlation`: between -1 and 1. `number`: anything else; only finiteness is assumed. The last four depend on the
 * machine and its load.
 */
export const metricUnits = [
  'share',
  'nats',
  'count',
  'tokens',
  'reward',
  'correlation',
  'number',
  'seconds',
  'milliseconds',
  'per second',
  'bytes',
] as const;
export type MetricUnit = (typeof metricUnits)[number];

/** How a metric is named and read: its unit, and which direction is better. */
export interface MetricInfo {
  /** `phase/quantity`; in a template, `{n}` stands for a whole number and `{anything else}` for any text. */
  readonly name: string;
  readonly unit: MetricUnit;
  /** null: neither direction is better. */
  readonly better: 'high' | 'low' | null;
  /** In sentences and headings; without it, the quantity in words. A template's parts may stand in it. */
  readonly label?: string;
  /** What a choice by coin would score. */
  readonly chance?: number;
}

/** A metric by its full name, with everything filled in. */
export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly better: 'high' | 'low' | null;
  readonly label: string;
  readonly chance: number | null;
}

/** What a task is judged by unless its kind names another metric. */
export const defaultHeadline = 'eval/pairwise_accuracy';

/** The accuracy of the candidate with the highest reward among N. */
export const bestOfTemplate = 'eval/best_of_{n}';
/** Questions that have fewer than N candidates. */
export const excludedQuestionsTemplate = 'eval/best_of_{n}_excluded_questions';

const measuredByMachine: readonly MetricInfo[] = [
  { name: '{name}_per_second', unit: 'per second', better: 'high' },
  { name: '{name}_seconds', unit: 'seconds', better: 'low' },
  { name: '{name}_ms', unit: 'milliseconds', better: 'low' },
  { name: '{name}_bytes', unit: 'bytes', better: 'low' },
];

const evaluation: readonly MetricInfo[] = [
  { name: defaultHeadline, unit: 'share', better: 'high', label: 'pairwise accuracy', chance: 0.5 },
  { name: 'eval/pairwise_accuracy_half_credit', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'eval/length_matched_pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'eval/within_source_pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'eval/tie_rate', unit: 'share', better: 'low' },
  { name: 'eval/pairwise_loss', unit: 'nats', better: 'low' },
  { name: 'eval/mean_margin', unit: 'reward', better: null },
  { name: 'eval/reward_length_spearman', unit: 'correlation', better: null },
  { name: 'eval/pairs', unit: 'count', better: null },
  { name: 'eval/length_matched_pairs', unit: 'count', better: null },
  { name: 'eval/within_source_pairs', unit: 'count', better: null },
  { name: 'eval/pool_questions', unit: 'count', better: null },
  { name: 'eval/non_finite_rewards', unit: 'count', better: 'low' },
  { name: 'eval/degenerate', unit: 'count', better: 'low' },
  { name: bestOfTemplate, unit: 'share', better: 'high', label: 'best-of-{n} accuracy' },
  { name: excludedQuestionsTemplate, unit: 'count', better: null },
];

const baselines: readonly MetricInfo[] = [
  { name: 'baseline/{name}_pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'baseline/{name}_pairwise_accuracy_half_credit', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'baseline/{name}_tie_rate', unit: 'share', better: 'low' },
  { name: 'baseline/{name}_non_finite_rewards', unit: 'count', better: 'low' },
  { name: 'baseline/{name}_best_of_{n}', unit: 'share', better: 'high' },
  { name: 'baseline/{name}_at_{n}', unit: 'share', better: 'high' },
  { name: 'ranker/{name}', unit: 'share', better: null },
];

const training: readonly MetricInfo[] = [
  { name: 'train/loss', unit: 'nats', better: 'low' },
  { name: 'train/pairwise_loss', unit: 'nats', better: 'low' },
  { name: 'train/lm_loss', unit: 'nats', better: 'low' },
  { name: 'train/reward_centering', unit: 'number', better: null },
  { name: 'train/pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'train/learning_rate', unit: 'number', better: null },
  { name: 'train/gradient_norm', unit: 'number', better: null },
  { name: 'train/update_norm', unit: 'number', better: null },
  { name: 'train/update_ratio', unit: 'number', better: null },
  { name: 'train/tokens_seen', unit: 'tokens', better: null },
  { name: 'pretrain/steps', unit: 'count', better: null },
  { name: 'pretrain/tokens_seen', unit: 'tokens', better: null },
  { name: 'pretrain/heldout_pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'pretrain/heldout_pairs', unit: 'count', better: null },
  { name: 'finetune/samples', unit: 'count', better: null },
  { name: 'finetune/tokens_seen', unit: 'tokens', better: null },
  { name: 'select/dev_pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'select/candidates', unit: 'count', better: null },
  { name: 'select/diverged_candidates', unit: 'count', better: 'low' },
  // The numbers that were chosen, by their path in the experiment.
  { name: 'select/{path}', unit: 'number', better: null },
];

/** Counts of what a data stage kept and dropped; the reasons for dropping are open. */
const data: readonly MetricInfo[] = [
  { name: '{set}/mean_{part}_tokens', unit: 'tokens', better: null },
  ...['corpus', 'tokenizer', 'pairs', 'held_out', 'task', 'train', 'dev', 'test'].map((phase): MetricInfo => ({
    name: `${phase}/{name}`,
    unit: 'count',
    better: null,
  })),
];

/** Exact names come before templates, and templates count in this order. */
export const metrics: readonly MetricInfo[] = [...measuredByMachine, ...evaluation, ...baselines, ...training, ...data];

/** Looks metrics up by full name. One that is not registered is a bare `number` without a better direction. */
export function metricLookup(registered: readonly MetricInfo[] = metrics): (name: string) => Metric {
  const exact = new Map(registered.map((info) => [info.name, info]));
  const templates = registered.filter(({ name }) => name.includes('{'));
  const describe = (name: string): Metric => {
    const info = exact.get(name) ?? templates.find((template) => templateParts(template.name, name) !== null);
    return filledIn(name, info ?? { name, unit: 'number', better: null });
  };
  const known = new Map<string, Metric>();
  return (name) => {
    const metric = known.get(name) ?? describe(name);
    known.set(name, metric);
    return metric;
  };
}

function filledIn(name: string, { name: template, unit, better, label, chance }: MetricInfo): Metric {
  const parts = templateParts(template, name) ?? {};
  const words = Object.entries(parts).reduce((text, [part, value]) => text.replaceAll(`{${part}}`, value), label ?? '');
  const quantity = name.slice(name.indexOf('/') + 1).replaceAll('_', ' ');
  return { name, unit, better, label: words === '' ? quantity : words, chance: chance ?? null };
}

const patterns = new Map<string, RegExp>();

/** The values of a template's parts in a metric's name: `{ n: '8' }`; null where the name does not follow it. */
export function templateParts(template: string, name: string): Readonly<Record<string, string>> | null {
  const pattern = patterns.get(template) ?? patternOf(template);
  patterns.set(template, pattern);
  return pattern.exec(name)?.groups ?? null;
}

function patternOf(template: string): RegExp {
  const source = template
    .split(/(\{\w+\})/)
    .map((part) => {
      const [, id] = /^\{(\w+)\}$/.exec(part) ?? [];
      return id === undefined
        ? part.replaceAll(/[^\w/]/g, String.raw`\$&`)
        : `(?<${id}>${id === 'n' ? String.raw`\d+` : '.+'})`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

/** Times, speeds and memory: a repetition of the same stage gives other numbers. */
export function dependsOnMachine({ unit }: Pick<MetricInfo, 'unit'>): boolean {
  return unit === 'seconds' || unit === 'milliseconds' || unit === 'per second' || unit === 'bytes';
}
