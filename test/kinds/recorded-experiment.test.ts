import { expect, it } from 'vitest';
import { parseRecordedExperiment } from '../../harness/kinds/index.ts';
import { baseText } from '../spec/base-experiment.ts';

it('is read as it was planned, also where a seed draws more of the train split than is allowed today', async () => {
  const { result } = await parseRecordedExperiment(baseText.replace('trainPairs: 256', 'trainPairs: 32'), 'plan.json');
  expect(result.spec.finetune.samples).toBe(32);
  await expect(
    parseRecordedExperiment(baseText.replace('bestOf: [1, 2]', 'bestOf: [1, 99]'), 'plan.json'),
  ).rejects.toThrow('N above the 16 candidates');
});
