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

/** Of the pairs whose responses come from one source. */
export const withinSourceAccuracy = 'eval/within_source_pairwise_accuracy';

/** Of tasks whose candidates are the options of a question. Chance is one over their number, so it has no constant. */
export const choiceHeadline = 'eval/multiple_choice_accuracy';

/** A linear ranker that was fitted on the pairs of the finetuning sample. */
export const linearRankerMetric = 'ranker/linear_pairwise_accuracy';

/**
 * A rule that needs no training, in the direction that is right more often, by what it reads (`response`,
 * `prompt_words`, `prompt_order`). With `_low` and `_high`: the 95 % interval over groups of test pairs.
 */
export const rankerRuleTemplate = 'ranker/{reads}/{rule}';

/** The accuracy of the candidate with the highest reward among N. */
export const bestOfTemplate = 'eval/best_of_{n}';
/** The accuracy of the answer with the largest sum of weights among N. */
export const weightedVoteTemplate = 'eval/weighted_vote_at_{n}';
/** As `bestOfTemplate`, among N candidates of one source. */
export const withinSourceBestOfTemplate = 'eval/within_source_best_of_{n}';
/** How often the highest reward among N is that of several. */
export const bestOfTieTemplate = 'eval/best_of_{n}_tie_rate';
/** Behind the name of a metric at N: how many questions have fewer candidates. */
export const excludedQuestionsSuffix = '_excluded_questions';
/** Behind the name of a metric at N: its standard error over questions. */
export const standardErrorSuffix = '_standard_error';

/** A metric of a pool at N, and what is recorded beside it (`eval/pool-metrics.ts`). */
function expectedAtN(info: MetricInfo): readonly MetricInfo[] {
  const { name, unit, better } = info;
  return [
    info,
    { name: `${name}${excludedQuestionsSuffix}`, unit: 'count', better: null },
    { name: `${name}${standardErrorSuffix}`, unit, better: null },
    { name: `${name}_sampling_error`, unit, better: null },
    { name: `${name}_low`, unit, better },
    { name: `${name}_high`, unit, better },
  ];
}

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
  {
    name: withinSourceAccuracy,
    unit: 'share',
    better: 'high',
    label: 'pairwise accuracy within a source',
    chance: 0.5,
  },
  { name: 'eval/tie_rate', unit: 'share', better: 'low' },
  { name: 'eval/pairwise_loss', unit: 'nats', better: 'low' },
  { name: 'eval/calibration_error', unit: 'share', better: 'low', label: 'expected calibration error' },
  { name: 'eval/calibration_error_by_chance', unit: 'share', better: null },
  { name: 'eval/reliability_{n}_confidence', unit: 'share', better: null },
  { name: 'eval/reliability_{n}_accuracy', unit: 'share', better: null },
  { name: 'eval/reliability_{n}_pairs', unit: 'count', better: null },
  { name: 'eval/mean_margin', unit: 'reward', better: null },
  { name: 'eval/reward_length_spearman', unit: 'correlation', better: null },
  { name: 'eval/pool_reward_length_spearman', unit: 'correlation', better: null },
  { name: 'eval/auc', unit: 'share', better: 'high', label: 'AUC', chance: 0.5 },
  { name: 'eval/auc_within_questions', unit: 'share', better: 'high', label: 'AUC within questions', chance: 0.5 },
  { name: 'eval/auc_questions', unit: 'count', better: null },
  { name: 'eval/ungraded', unit: 'count', better: 'low' },
  { name: 'eval/pairs', unit: 'count', better: null },
  { name: 'eval/length_matched_pairs', unit: 'count', better: null },
  { name: 'eval/within_source_pairs', unit: 'count', better: null },
  { name: 'eval/pool_questions', unit: 'count', better: null },
  { name: 'eval/non_finite_rewards', unit: 'count', better: 'low' },
  { name: 'eval/degenerate', unit: 'count', better: 'low' },
  { name: choiceHeadline, unit: 'share', better: 'high', label: 'multiple choice accuracy' },
  { name: 'eval/multiple_choice_questions', unit: 'count', better: null },
  { name: 'eval/multiple_choice_tied_questions', unit: 'count', better: 'low' },
  { name: bestOfTieTemplate, unit: 'share', better: 'low', label: 'ties at the top of {n}' },
  ...expectedAtN({ name: bestOfTemplate, unit: 'share', better: 'high', label: 'best-of-{n} accuracy' }),
  ...expectedAtN({ name: weightedVoteTemplate, unit: 'share', better: 'high', label: 'reward-weighted vote of {n}' }),
  ...expectedAtN({
    name: withinSourceBestOfTemplate,
    unit: 'share',
    better: 'high',
    label: 'best-of-{n} accuracy within a source',
  }),
];

/** Of scores that were judged outside a sweep, besides those of an evaluation. `low` and `high`: 95 % intervals. */
const judged: readonly MetricInfo[] = [
  { name: 'eval/best_of_all', unit: 'share', better: 'high', label: 'accuracy among all candidates' },
  { name: 'eval/alone_on_top', unit: 'share', better: 'high' },
  { name: 'eval/mean_reciprocal_rank', unit: 'share', better: 'high' },
  { name: 'eval/pairwise_accuracy_low', unit: 'share', better: 'high' },
  { name: 'eval/pairwise_accuracy_high', unit: 'share', better: 'high' },
  { name: 'eval/best_of_all_low', unit: 'share', better: 'high' },
  { name: 'eval/best_of_all_high', unit: 'share', better: 'high' },
  { name: 'eval/left_out', unit: 'count', better: 'low' },
];

/** Of the scorings in `eval/scorings`, without the phase. The more special names come first. */
const scores: readonly MetricInfo[] = [
  { name: 'rewardbench_score', unit: 'share', better: 'high', label: 'RewardBench score', chance: 0.5 },
  { name: 'rewardbench_sections', unit: 'count', better: null },
  { name: 'rewardbench_{section}', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'rewardbench2_score', unit: 'share', better: 'high', label: 'RewardBench 2 score' },
  { name: 'rewardbench2_subsets', unit: 'count', better: null },
  // Ties are scored with a term that may lead out of 0 to 1.
  { name: 'rewardbench2_ties', unit: 'number', better: 'high' },
  { name: 'rewardbench2_ties_margin', unit: 'number', better: 'high' },
  { name: 'rewardbench2_{subset}', unit: 'share', better: 'high' },
  { name: 'rm_bench_score', unit: 'share', better: 'high', label: 'RM-Bench score', chance: 0.5 },
  { name: 'rm_bench_domains', unit: 'count', better: null },
  { name: 'rm_bench_{part}', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'judgebench_score', unit: 'share', better: 'high', label: 'JudgeBench accuracy', chance: 0.5 },
  { name: 'judgebench_{category}', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'ppe_human_score', unit: 'share', better: 'high', label: 'PPE human preference accuracy', chance: 0.5 },
  { name: 'ppe_human_{kind}', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'ppe_correctness_score', unit: 'share', better: 'high', label: 'PPE correctness accuracy', chance: 0.5 },
  { name: 'ppe_correctness_benchmarks', unit: 'count', better: null },
  { name: 'ppe_correctness_best_of_k_loss', unit: 'share', better: 'low' },
  { name: 'ppe_correctness_{benchmark}_best_of_k_loss', unit: 'share', better: 'low' },
  { name: 'ppe_correctness_{part}', unit: 'share', better: 'high' },
  { name: 'processbench_score', unit: 'share', better: 'high', label: 'ProcessBench F1' },
  { name: 'processbench_subsets', unit: 'count', better: null },
  { name: 'processbench_threshold', unit: 'reward', better: null },
  { name: 'processbench_{part}', unit: 'share', better: 'high' },
];

/** Of a model, and of the rankers that need no training on the task. */
const scored: readonly MetricInfo[] = scores.flatMap((info) => [
  { ...info, name: `eval/${info.name}` },
  { ...info, name: `baseline/{ranker}_${info.name}` },
]);

const baselines: readonly MetricInfo[] = [
  { name: 'baseline/{name}_pairwise_accuracy', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'baseline/{name}_pairwise_accuracy_half_credit', unit: 'share', better: 'high', chance: 0.5 },
  { name: 'baseline/{name}_tie_rate', unit: 'share', better: 'low' },
  { name: 'baseline/{name}_non_finite_rewards', unit: 'count', better: 'low' },
  { name: 'baseline/{name}_multiple_choice_accuracy', unit: 'share', better: 'high' },
  ...expectedAtN({ name: 'baseline/{name}_best_of_{n}', unit: 'share', better: 'high' }),
  ...expectedAtN({ name: 'baseline/{name}_at_{n}', unit: 'share', better: 'high' }),
  { name: linearRankerMetric, unit: 'share', better: 'high', label: 'linear ranker', chance: 0.5 },
  { name: rankerRuleTemplate, unit: 'share', better: null, chance: 0.5 },
  { name: 'ranker/{name}', unit: 'share', better: null, chance: 0.5 },
  { name: 'novelty/renamed_{set}_share', unit: 'share', better: 'low' },
  { name: 'novelty/{name}', unit: 'count', better: null },
  { name: 'sample/shared_between_seeds', unit: 'share', better: 'low' },
  { name: 'sample/{name}', unit: 'count', better: null },
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
  { name: 'train/tokens_per_second', unit: 'per second', better: 'high' },
  { name: 'train/flops_utilization', unit: 'share', better: 'high', label: 'model FLOP/s of the peak (MFU)' },
  { name: 'train/peak_memory', unit: 'bytes', better: 'low' },
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
export const metrics: readonly MetricInfo[] = [
  ...measuredByMachine,
  ...evaluation,
  ...judged,
  ...scored,
  ...baselines,
  ...training,
  ...data,
];

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
