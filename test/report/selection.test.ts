/** The table of choices: one row a choice, and a warning where the best value was the last that was tried. */
import { expect, test } from 'vitest';
import { buildReport, type ReportInput, type Table } from '../../harness/report/index.ts';
import { input, sweep } from './sweep-fixture.ts';

const { trials } = sweep({ models: ['qwen2-tiny'], samples: [128] });
const path = 'finetune.optimizer.learningRate';
const tableOf = (parts: Partial<ReportInput>): Table => {
  const table = buildReport(input({ trials, ...parts })).tables.find(({ name }) => name === 'selection');
  if (table === undefined) throw new Error('no table of choices');
  return table;
};

test('warns of values at the edge of what was tried, and of no others', () => {
  // The fixture takes 0.001 without pretraining and 0.0003 with any.
  const edges = tableOf({ tried: { [path]: [0.0003, 0.001] } }).note;
  expect(edges).toContain(`${path} 0.0003, the smallest that was tried, was taken at 6 of 7 points of the sweep`);
  expect(edges).toContain(`${path} 0.001, the largest that was tried, was taken at 1 of 7 points of the sweep`);
  expect(tableOf({ tried: { [path]: [0.0001, 0.0003, 0.001, 0.003] } }).note).not.toContain('beyond');
  expect(tableOf({ tried: { [path]: [0.0003] } }).note).not.toContain('beyond');
  expect(tableOf({}).note).not.toContain('beyond');
});

test('has a row a budget only where budgets have choices of their own', () => {
  const arms = (table: Table): readonly string[] => table.rows.map(([, , arm]) => arm as string);
  expect(arms(tableOf({})).filter((arm) => arm.startsWith('PMP'))).toEqual(['PMP']);
  const own = trials.map((trial) => (trial.pmpPairs === 1536 ? { ...trial, choices: { [path]: 0.01 } } : trial));
  expect(arms(tableOf({ trials: own })).filter((arm) => arm.startsWith('PMP'))).toHaveLength(4);
});
