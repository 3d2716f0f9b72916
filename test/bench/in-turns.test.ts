import { expect, it } from 'vitest';
import { inTurns, ratioSummary } from '../../harness/bench/in-turns.ts';

it('two programs take turns at going first', async () => {
  const order: string[] = [];
  const measure = (name: string) => (): Promise<string> => {
    order.push(name);
    return Promise.resolve(`${name}${order.length}`);
  };
  const rounds = await inTurns(3, measure('ours'), measure('theirs'));
  expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
  expect(rounds[1]).toEqual({ ours: 'ours4', theirs: 'theirs3' });
});

it('ratios are summed up by their median and their range', () => {
  expect(ratioSummary([1.5, 0.5, 1])).toEqual({ ratioMedian: 1, ratioRange: [0.5, 1.5] });
});
