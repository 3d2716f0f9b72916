/** The paper's figures from experiments that vary more than they show: no place has a seed twice. */
import { describe, expect, it } from 'vitest';
import { setApart } from '../../harness/report/paper/set-apart.ts';
import type { TrialRow } from '../../harness/report/paper/paper-figure.ts';

const row = (seed: number, value: number, declared: TrialRow['declared'], series = 'pmp'): TrialRow => ({
  panel: 'algebra',
  series,
  x: null,
  seed,
  value,
  declared: { pretraining: series, ...declared },
});

const placesOf = (rows: readonly TrialRow[]): readonly unknown[] =>
  setApart(rows).map(({ panel, series, seed, value }) => [panel, series, seed, value]);

describe('places of a figure', () => {
  it('stay as they are where every seed is there once', () => {
    const rows = [row(1, 0.5, {}), row(2, 0.6, {}), row(1, 0.7, {}, 'none')];
    expect(setApart(rows)).toEqual(
      rows.map(({ panel, series, x, seed, value }) => ({ panel, series, x, seed, value })),
    );
  });

  it('are panels by the axis in which trials of a seed differ, also for arms that do not vary in it', () => {
    const rows = [
      row(1, 0.5, { training: 'long', samples: 128 }),
      row(1, 0.6, { training: 'short', samples: 128 }),
      row(1, 0.4, { training: 'short', samples: 128 }, 'none'),
    ];
    expect(placesOf(rows)).toEqual([
      ['algebra: long', 'pmp', 1, 0.5],
      ['algebra: short', 'pmp', 1, 0.6],
      ['algebra: short', 'none', 1, 0.4],
    ]);
  });

  it('are ordered by number', () => {
    const rows = [1024, 64, 256].map((samples) => row(1, samples / 2048, { samples }));
    expect(setApart(rows).map(({ panel }) => panel)).toEqual([
      'algebra: 64 samples',
      'algebra: 256 samples',
      'algebra: 1024 samples',
    ]);
  });

  it('leave out an axis that changes nothing, as the task does with the data of pretraining', () => {
    const rows = ['a', 'b'].flatMap((task) => [
      row(1, 100, { task, source: 'edits' }),
      row(1, 200, { task, source: 'models' }),
    ]);
    expect(placesOf(rows)).toEqual([
      ['algebra: edits', 'pmp', 1, 100],
      ['algebra: models', 'pmp', 1, 200],
    ]);
  });

  it('are told apart by all axes where they only change together', () => {
    const rows = [row(1, 0.5, { size: 's', depth: 2 }), row(1, 0.6, { size: 'm', depth: 4 })];
    expect(setApart(rows).map(({ panel }) => panel)).toEqual(['algebra: 2 depth, s', 'algebra: 4 depth, m']);
  });
});
