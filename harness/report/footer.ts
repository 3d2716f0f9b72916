/** Where a report comes from: the command, the code, the machines, the data and its digest. */
import { createHash, type Hash } from 'node:crypto';
import { unique } from './distinct.ts';
import { count } from '../text/index.ts';
import type { RecordedInput, ReportProvenance } from './report-input.ts';
import type { Report } from './report-types.ts';

export function footerOf(input: RecordedInput, digest: string): Report['footer'] {
  return [
    { label: 'command', text: input.command ?? 'not recorded' },
    { label: 'code', text: codeText(input.provenance) },
    { label: 'machine', text: input.provenance.machines.join(', ') || 'not recorded' },
    { label: 'data of', text: daysText(input.provenance) },
    { label: 'sweep', text: sweepText(input) },
    { label: 'data digest', text: `sha256 ${digest.slice(0, 16)} over trials, metrics and pair outcomes` },
  ];
}

function sweepText({ trials, excluded, duplicates }: RecordedInput): string {
  return (
    `${count(trials.length)} trials; ${count(excluded)} points left out by rule, ` +
    `${count(duplicates)} named twice and kept once`
  );
}

function codeText({ commits, isDirty }: ReportProvenance): string {
  if (commits.length === 0) return 'commit not recorded';
  const names = commits.map((commit) => commit.slice(0, 12)).join(', ');
  return `${names}${isDirty === true ? ' with uncommitted changes' : ''}`;
}

function daysText({ dataFrom, dataUntil }: ReportProvenance): string {
  const days = [dataFrom, dataUntil].flatMap((time) => (time === null ? [] : [time.slice(0, 10)]));
  return unique(days).join(' to ') || 'no run recorded';
}

export function digestOf({
  trials,
  pairOutcomes,
  audits,
  contaminations,
  scores = [],
}: Pick<RecordedInput, 'trials' | 'pairOutcomes' | 'audits' | 'contaminations' | 'scores'>): string {
  const byName = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);
  const hash = createHash('sha256').update('[');
  addList(
    hash,
    trials.map(({ trialId, seed, outcome, metrics }) => () => [
      trialId,
      seed,
      outcome,
      Object.entries(metrics).toSorted(byName),
    ]),
  );
  hash.update(',');
  addList(
    hash,
    pairOutcomes.map(({ trialId, correct }) => () => [trialId, [...correct].toSorted(byName)]),
  );
  // Nothing where nothing was checked or scored elsewhere: such reports keep their digest.
  const checks = audits.length + contaminations.length === 0 ? [] : [audits, contaminations];
  for (const part of [...checks, ...scores]) hash.update(`,${JSON.stringify(part)}`);
  return hash.update(']').digest('hex');
}

/** A list as JSON, one item after the other: that of ten thousand trials would be a text of 100 MB. */
function addList(hash: Hash, items: readonly (() => unknown)[]): void {
  for (const [index, item] of items.entries()) hash.update(`${index === 0 ? '[' : ','}${JSON.stringify(item())}`);
  hash.update(items.length === 0 ? '[]' : ']');
}
