/** The records of single trials, folded: what `harness show` says, as far as the page has room for it. */
import { count, formatNumber } from '../../text/index.ts';
import { valueWithUnit } from '../format.ts';
import type { TrialRecord } from '../report-types.ts';
import { escape } from './escape.ts';
import { sparkline } from './sparkline.ts';

/** Bytes of a page. Whoever opens it has it all in memory, and mail carries it. */
const mostBytes = 1_950_000;

/** @param taken Bytes of the page without its trials. */
export function trialsSection(trials: readonly TrialRecord[], experiment: string, taken: number): string {
  const records = fitting(trials.map(trialBlock), mostBytes - taken);
  const left = trials.length - records.length;
  const summary = `<summary>Records of ${count(records.length)} trials</summary>`;
  const list = records.length === 0 ? '' : `<details class="trial-list">${summary}${records.join('\n')}</details>`;
  return `<section class="trials" aria-labelledby="trials"><h2 id="trials">Trials</h2>
<p class="note">${escape(introOf(experiment))}${left === 0 ? '' : ` ${escape(leftText(records.length, left))}`}</p>
${list}</section>`;
}

const introOf = (experiment: string): string =>
  `Every trial with its own results and the curves of its finetuning. Baselines, rankers and data are told by ` +
  `"harness show ID"; "harness ls trials --experiment ${experiment} --seeds" lists all trials.`;

const leftText = (shown: number, left: number): string =>
  `${count(left)} trials are left out here, or the page would be larger than 2 MB: it has the ${count(shown)} that ` +
  `the plan names first. Each of the others is told by "harness show ID".`;

function fitting(records: readonly string[], room: number): readonly string[] {
  let free = room;
  const first = records.findIndex((record) => (free -= Buffer.byteLength(record) + 1) < 0);
  return first < 0 ? records : records.slice(0, first);
}

function trialBlock(trial: TrialRecord): string {
  const { trialId, arm, model, task, samples, seed } = trial;
  const where = [arm, model, task, `${count(samples)} samples`, `seed ${seed}`].join(', ');
  const id = escape(trialId);
  const fields = fieldsOf(trial).map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`);
  return `<details class="trial" id="trial-${id}">
<summary><code>${id}</code> ${escape(`${where}: ${resultOf(trial)}`)}</summary>
<dl>${fields.join('')}</dl>
${trial.curves.map((curve) => sparkline(curveNames[curve.name] ?? curve.name, curve)).join('\n')}
${metricsBlock(trial)}</details>`;
}

const curveNames: Readonly<Record<string, string>> = {
  'train/loss': 'finetune loss',
  'train/pairwise_accuracy': 'accuracy on training batches',
};

function resultOf({ outcome, headline, metrics }: TrialRecord): string {
  const value = metrics[headline.name];
  return outcome !== 'completed' || value === undefined
    ? outcome
    : `${headline.label} ${valueWithUnit(value, headline)}`;
}

/** Names, and HTML. */
function fieldsOf({ trialId, cause, choices, stages }: TrialRecord): readonly (readonly [string, string])[] {
  const chosen = Object.entries(choices).map(([name, value]) => `${name} = ${String(value)}`);
  return [
    ...(cause === null ? [] : [['cause', escape(cause)] as const]),
    ...(chosen.length === 0 ? [] : [['chosen on dev', escape(chosen.join(', '))] as const]),
    ...(stages.length === 0 ? [] : [['stages', `<span class="ids">${escape(stages.join('\n'))}</span>`] as const]),
    ['all of it', `<code>harness show ${escape(trialId)}</code>`],
  ];
}

/** Those of the trial itself; what all trials of a task have in common would be most of the page. */
const ownMetric = /^(?:eval|finetune|pretrain)\/(?!reliability_)(?!.*_(?:excluded_questions|standard_error)$)/;

function metricsBlock({ metrics }: TrialRecord): string {
  const own = Object.entries(metrics).filter(([name]) => ownMetric.test(name));
  if (own.length === 0) return '';
  const lines = own.map(([name, value]) => `${name} ${formatNumber(value)}`);
  return `<pre>${escape(lines.join('\n'))}</pre>`;
}

export const trialStyle = `
.trial-list>summary,.trial summary{overflow-wrap:anywhere}
.trial{margin:.2rem 0;padding:.3rem 0 .1rem;font-size:.88rem}
.trial>summary{font-weight:400}.trial:target>summary,.trial[open]>summary{font-weight:600}
.trial dl,.trial pre,.curve{margin:.5rem 0 .5rem 1.1rem}
.trial pre{padding:.5rem .7rem;background:var(--wash);border-radius:4px;columns:20.5rem;column-gap:1.5rem;
 white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;font-size:.8rem}
.ids{display:block;white-space:pre-line;columns:13.5rem;font:.92em/1.45 monospace}
.curve{display:flex;flex-wrap:wrap;align-items:center;gap:.1rem .7rem;color:var(--soft)}
.curve-name{min-width:12rem}
.curve svg{background:var(--wash);border-radius:3px}
.curve polyline{fill:none;stroke:var(--accent);stroke-width:3}
@media print{.trial-list{display:none}}
`;
