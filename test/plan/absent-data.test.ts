import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { absentFrom, planExperiment, planInputs, type Plan } from '../../harness/plan/index.ts';
import { experimentFormat, experimentOrThrow, parseExperiment } from '../../harness/spec/index.ts';
import { baseText } from '../spec/base-experiment.ts';
import { stagesOf } from './plan-of.ts';

const root = mkdtempSync(path.join(tmpdir(), 'absent-'));
afterAll(() => rmSync(root, { recursive: true }));

const withoutData = { ...builtInKinds, withoutData: true };
const file = path.join(root, 'pairs.jsonl');
const text = baseText.replace('pairs: {kind: mutate}', `pairs: {kind: files, path: ${file}}`);

function planned(kinds: typeof withoutData | typeof builtInKinds): {
  readonly plan: Plan;
  readonly absent: readonly string[];
} {
  const readFile = (): never => {
    throw new Error('extends nothing');
  };
  const { spec } = experimentOrThrow(parseExperiment(text, 'x.yaml', { readFile, format: experimentFormat(kinds) }));
  return { plan: planExperiment(spec, planInputs(kinds)), absent: absentFrom(spec, kinds) };
}

it('is planned without, said, and never under the identity of what is run', () => {
  expect(() => planned(builtInKinds)).toThrow(`pairs.path: expected a file, found nothing at ${file}`);
  const before = planned(withoutData);
  expect(before.absent).toEqual([`pairs.path: nothing at ${file}`]);

  writeFileSync(file, '{"prompt": "a", "chosen": "b", "rejected": "c"}\n');
  const [withIt, run] = [planned(withoutData), planned(builtInKinds)];
  expect(withIt.absent).toEqual([]);
  expect(withIt.plan).toEqual(run.plan);
  const idsOf = (plan: Plan): readonly string[] => stagesOf(plan, 'pretrain').map(({ id }) => id);
  expect(idsOf(before.plan).filter((id) => idsOf(run.plan).includes(id))).toEqual([]);
  // What reads none of it keeps its id.
  expect(stagesOf(before.plan, 'task').map(({ id }) => id)).toEqual(stagesOf(run.plan, 'task').map(({ id }) => id));
});
