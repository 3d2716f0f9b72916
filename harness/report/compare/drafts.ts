/** The comparisons that a contrast gives: over everything, at each sample size, and for each architecture. */
import { isAt } from '../arm-points.ts';
import { architecturesOf, sampleSizes } from '../cells.ts';
import type { Cell, Comparison } from '../report-types.ts';
import type { Contrast } from './contrasts.ts';
import { mergeUnits, unitsAt, type Unit } from './units.ts';

type Place = Pick<Comparison, 'task' | 'headline' | 'scope' | 'architecture' | 'samples' | 'treatment' | 'reference'>;

/** A comparison before anything is computed. */
export interface Draft extends Place {
  readonly units: readonly Unit[];
}

interface Grid {
  readonly architectures: readonly string[];
  readonly sizes: readonly number[];
  unitsAt(architecture: string, samples: number): readonly Unit[];
  draft(
    scope: Draft['scope'],
    at: { architecture: string | null; samples: number | null },
    units: readonly Unit[],
  ): Draft;
}

/** The headline first. */
export function draftsOf(cells: readonly Cell[], contrast: Contrast): readonly Draft[] {
  const grid = gridOf(cells, contrast);
  const single = singleDrafts(grid);
  const [only, ...others] = grid.sizes;
  // With one sample size "over all sizes" is that size, and what is pooled is the headline itself.
  if (only !== undefined && others.length === 0) return [overall(grid, only, single), ...single];
  const merged = mergedDrafts(grid);
  const own = grid.architectures.length < 2 ? [] : merged;
  return [overall(grid, null, merged), ...pooledDrafts(grid), ...own, ...single];
}

/** All architectures together. */
function overall({ draft }: Grid, samples: number | null, parts: readonly Draft[]): Draft {
  const units = parts.flatMap((part) => part.units);
  return draft('overall', { architecture: null, samples }, units);
}

/** One draft a sample size: pooled over architectures where there are several. */
export function draftsBySize(cells: readonly Cell[], contrast: Contrast): readonly Draft[] {
  const single = draftsOf(cells, contrast).filter(({ samples }) => samples !== null);
  const pooled = single.filter(({ architecture }) => architecture === null);
  return pooled.length > 0 ? pooled : single;
}

function gridOf(cells: readonly Cell[], contrast: Contrast): Grid {
  const { treatment, reference } = contrast;
  const { task, headline } = cells[0] as Cell;
  return {
    architectures: architecturesOf(cells),
    sizes: sampleSizes(cells.filter((cell) => isAt(cell, treatment) || isAt(cell, reference))),
    unitsAt: (architecture, samples) => unitsAt(cells, contrast, { architecture, samples }),
    draft: (scope, at, units) => ({ task, headline, treatment, reference, scope, ...at, units }),
  };
}

/** One architecture at one sample size. */
function singleDrafts({ architectures, sizes, unitsAt, draft }: Grid): readonly Draft[] {
  return architectures.flatMap((architecture) =>
    sizes.map((samples) => draft('architecture', { architecture, samples }, unitsAt(architecture, samples))),
  );
}

/** All architectures at one sample size; none where there is one architecture. */
function pooledDrafts({ architectures, sizes, unitsAt, draft }: Grid): readonly Draft[] {
  if (architectures.length < 2) return [];
  return sizes.map((samples) => {
    const units = architectures.flatMap((architecture) => unitsAt(architecture, samples));
    return draft('samples', { architecture: null, samples }, units);
  });
}

/** One architecture over all sample sizes. */
function mergedDrafts({ architectures, sizes, unitsAt, draft }: Grid): readonly Draft[] {
  return architectures.map((architecture) => {
    const units = mergeUnits(sizes.flatMap((samples) => unitsAt(architecture, samples)));
    return draft('architecture', { architecture, samples: null }, units);
  });
}
