/** The plan on record: what was asked for, against which outcomes are held. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { builtInKinds } from '../kinds/index.ts';
import { stageNames } from '../plan/index.ts';
import { formats, planFile, readIfThere, toSealedJson, type SweepLease } from '../store/index.ts';
import { claimsOnRecord } from './register-claim.ts';
import type { SweepOptions } from './sweep-types.ts';

/** What a plan on record is written from. */
export type PlanOnRecord = Pick<
  SweepOptions,
  'plan' | 'kinds' | 'specText' | 'command' | 'resultsFolder' | 'onEvent' | 'onlyFailed'
>;

export function writePlan(options: PlanOnRecord, lease: SweepLease): void {
  const file = planFile(options.resultsFolder, options.plan.experiment);
  mkdirSync(dirname(file), { recursive: true });
  const onDamage = (text: string): void => options.onEvent({ type: 'note', stageId: null, text });
  const text = toSealedJson({ ...describePlan(options), claims: claimsOnRecord(file, options, onDamage) });
  // A finished sweep that is started again changes no record, and the collector has nothing to take in anew.
  if (readIfThere(file) !== text) lease.write(file, text);
}

function describePlan({ plan, kinds = builtInKinds, specText, command }: PlanOnRecord): object {
  const { experiment, question, trials, stages, excluded, duplicates } = plan;
  const names = stageNames(plan, kinds);
  return {
    planVersion: formats.plan,
    experiment,
    question,
    specText,
    command,
    trials,
    stages: stages.map(({ id, kind, cost, inputs }) => ({ id, kind, name: names.get(id), cost, inputs })),
    excluded,
    duplicates,
  };
}
