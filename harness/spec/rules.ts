/**
 * Rules between fields, which no schema of one field can say. Each is checked for the experiment as written and for
 * every trial of its sweep.
 */
import { modelRules } from './model-rules.ts';
import { finetuneBatchRules, pretrainBatchRules, trainableRules } from './training-rules.ts';
import type { SectionName, TrialSpec } from './format.ts';
import { kindOf, type Kind, type KindSpec, type RuleBreak, type SpecKinds, type TaskSpec } from './kind.ts';
import { finetuneRules, isPretrained, pretrainRules } from './step-rules.ts';
import { didYouMean } from './suggest.ts';

interface Rule {
  readonly sections: readonly SectionName[];
  readonly check: (trial: TrialSpec, kinds: SpecKinds) => readonly RuleBreak[];
}

const rules: readonly Rule[] = [
  { sections: ['model'], check: modelRules },
  { sections: ['pretrain'], check: pretrainRules },
  { sections: ['finetune'], check: finetuneRules },
  { sections: ['pretrain'], check: pretrainBatchRules },
  { sections: ['finetune'], check: finetuneBatchRules },
  { sections: ['model', 'finetune'], check: trainableRules },
  { sections: ['tokenizer'], check: tokenizerRules },
  { sections: ['start'], check: ({ start }, { starts }) => ownRules('start', start, starts) },
  { sections: ['corpus'], check: ({ corpus }, { corpora }) => ownRules('corpus', corpus, corpora) },
  {
    sections: ['descriptions'],
    check: ({ descriptions }, kinds) => ownRules('descriptions', descriptions, kinds.descriptions),
  },
  { sections: ['pairs'], check: (trial, { pairs }) => ownRules('pairs', trial.pairs, pairs) },
  { sections: ['task'], check: ({ task }, { tasks }) => ownRules('task', task, tasks) },
  { sections: ['task'], check: graderRules },
  { sections: ['start', 'pretrain', 'pairs', 'corpus', 'tokenizer'], check: sourceRules },
  { sections: ['pretrain', 'pairs'], check: preferenceRules },
  { sections: ['task', 'finetune'], check: sampleRules },
  { sections: ['task', 'evaluate'], check: bestOfRules },
];

/**
 * All broken rules of a trial. Rules about a section that did not parse are left out: its own errors are reported.
 */
export function brokenRules(trial: Partial<TrialSpec>, kinds: SpecKinds): readonly RuleBreak[] {
  const broken = rules.flatMap(({ sections, check }) =>
    sections.every((section) => trial[section] !== undefined) ? check(trial as TrialSpec, kinds) : [],
  );
  return kinds.withoutData === true ? broken.filter(({ isAbsent }) => isAbsent !== true) : broken;
}

/** What a stage will read and does not find here; the fields that name it come first. */
export function absentData(trial: TrialSpec, kinds: SpecKinds): readonly RuleBreak[] {
  return brokenRules(trial, { ...kinds, withoutData: false }).filter(({ isAbsent }) => isAbsent === true);
}

/** The rules of a model and its pretraining, for kinds that train one of their own. `model` null: that of the trial. */
export function trainedModelRules({
  model,
  pretrain,
}: Pick<TrialSpec, 'pretrain'> & { readonly model: TrialSpec['model'] | null }): readonly RuleBreak[] {
  const trial = { model, pretrain } as TrialSpec;
  return [...(model === null ? [] : modelRules(trial)), ...pretrainRules(trial), ...pretrainBatchRules(trial)];
}

/** The rules that a kind has for its own section. */
function ownRules(section: SectionName, spec: KindSpec | null, kinds: readonly Kind[]): readonly RuleBreak[] {
  if (spec === null) return [];
  const broken = kindOf(kinds, spec).rules?.(spec) ?? [];
  return broken.map((one) => ({ ...one, fields: one.fields.map((field) => `${section}.${field}`) }));
}

/** That of a checkpoint is checked with the start. */
function tokenizerRules({ tokenizer }: TrialSpec, { tokenizers }: SpecKinds): readonly RuleBreak[] {
  return tokenizer.kind === 'checkpoint' ? [] : ownRules('tokenizer', tokenizer, tokenizers);
}

/** What is read must be named. */
function sourceRules(trial: TrialSpec, kinds: SpecKinds): readonly RuleBreak[] {
  const missing = (field: string, expected: string): RuleBreak => ({ fields: [field], expected, found: 'null' });
  const broken: RuleBreak[] = [];
  if (trial.pairs === null && isPretrained(trial))
    broken.push(missing('pairs', 'a source of preference pairs, for pretraining'));
  const use = trial.corpus === null ? corpusUse(trial, kinds) : null;
  return use === null ? broken : [...broken, missing('corpus', `a corpus, ${use}`)];
}

function corpusUse(trial: TrialSpec, kinds: SpecKinds): string | null {
  const { tokenizer, pairs } = trial;
  if (tokenizer.kind !== 'checkpoint' && kindOf(kinds.tokenizers, tokenizer).readsCorpus)
    return 'to train the tokenizer on';
  const ofStart = kindOf(kinds.starts, trial.start).training?.(trial.start)?.pairs ?? null;
  if (ofStart !== null && readsCorpus(ofStart, kinds)) return 'to train the start on';
  if (pairs === null || !isPretrained(trial)) return null;
  return readsCorpus(pairs, kinds) ? 'to make pairs from' : null;
}

/** Whether a source, or any part of it, is made from the corpus. */
export function readsCorpus(pairs: KindSpec, kinds: SpecKinds): boolean {
  const kind = kindOf(kinds.pairs, pairs);
  return kind.readsCorpus || Object.values(kind.parts?.(pairs) ?? {}).some((part) => readsCorpus(part, kinds));
}

/** A grader may come from a plug-in, so no schema of a task can list them. */
function graderRules({ task }: TrialSpec, { graders }: SpecKinds): readonly RuleBreak[] {
  const { grader } = task as TaskSpec & { readonly grader?: unknown };
  const known = graders.map(({ kind }) => kind);
  if (typeof grader !== 'string' || known.includes(grader)) return [];
  const suggestion = didYouMean(grader, known);
  const broken = { fields: ['task.grader'], expected: `a grader: ${known.join(', ')}`, found: grader };
  return [suggestion === null ? broken : { ...broken, suggestion }];
}

/** A preference cannot be learned from rows that have none. */
function preferenceRules({ pretrain, pairs }: TrialSpec, kinds: SpecKinds): readonly RuleBreak[] {
  if (pairs === null || pretrain.objective.kind !== 'pmp') return [];
  if (kindOf(kinds.pairs, pairs).hasPreference !== false) return [];
  return [
    {
      fields: ['pairs.kind', 'pretrain.objective'],
      expected: 'a source of preference pairs, for the objective pmp',
      found: `${pairs.kind}, which is for language modelling only`,
    },
  ];
}

/**
 * With fewer, the samples of two seeds share more than a quarter of their pairs, and with as many as there are they are
 * one sample: the spread over seeds would leave out the choice of the sample.
 */
const trainPairsPerSample = 4;

function sampleRules({ task, finetune }: TrialSpec, { tasks, isRecorded = false }: SpecKinds): readonly RuleBreak[] {
  const facts = kindOf(tasks, task);
  const { trainPairs } = facts.sizes(task);
  const needed = trainPairsPerSample * finetune.samples;
  if (trainPairs === null || needed <= trainPairs || isRecorded) return [];
  const field = `task.${facts.sizeFields?.trainPairs ?? 'kind'}`;
  if (trainPairs === 0)
    return [{ fields: [field], expected: 'something to finetune on', found: `${task.name} has none` }];
  return [
    {
      fields: ['finetune.samples', field],
      expected:
        `at most a quarter of ${field} (${trainPairs}) of ${task.name}, so that each seed draws other pairs; ` +
        `${finetune.samples} samples need ${needed} pairs`,
      found: String(finetune.samples),
    },
  ];
}

function bestOfRules({ task, evaluate }: TrialSpec, { tasks }: SpecKinds): readonly RuleBreak[] {
  return [...candidateRules(task, evaluate.bestOf, tasks), ...repeatedRules(evaluate.bestOf)];
}

function candidateRules(task: TaskSpec, bestOf: readonly number[], tasks: SpecKinds['tasks']): readonly RuleBreak[] {
  const facts = kindOf(tasks, task);
  const { questions, leastCandidates: most } = facts.sizes(task);
  const tooMany = questions === 0 ? [] : bestOf.filter((n) => n > most);
  if (tooMany.length === 0) return [];
  return [
    {
      fields: ['evaluate.bestOf', `task.${facts.sizeFields?.candidates ?? 'kind'}`],
      expected: `no N above the ${most} candidates that every question of ${task.name} has`,
      found: tooMany.join(', '),
    },
  ];
}

function repeatedRules(bestOf: readonly number[]): readonly RuleBreak[] {
  const repeated = bestOf.filter((n, index) => bestOf.indexOf(n) !== index);
  if (repeated.length === 0) return [];
  return [{ fields: ['evaluate.bestOf'], expected: 'each N once', found: `${repeated.join(', ')} again` }];
}
