/** The comparisons that a contrast gives: over everything, at each sample size, and for each model. */
import { unique } from '../distinct.ts';
import type { Cell, Comparison } from '../report-types.ts';
import type { Contrast } from './contrasts.ts';
import { gridOf, type GridPoint } from './units.ts';

/** A comparison before anything is computed. */
export interface Draft extends Pick<Comparison, 'task' | 'headline' | 'scope' | 'model' | 'samples'>, Contrast {
  readonly grid: readonly GridPoint[];
  readonly claim: Comparison['claim'];
  /** What a claim must survive; null = nothing. */
  readonly survives: Draft | null;
}

/** Both sides of every point of its grid. */
export const cellsOf = ({ grid }: Draft): readonly Cell[] =>
  grid.flatMap(({ treatment, reference }) => [treatment, reference]);

/** `cells`: of one task. The headline first. With one sample size, "over all sizes" is that size. */
export function draftsOf(cells: readonly Cell[], contrast: Contrast): readonly Draft[] {
  const grid = gridOf(cells, contrast);
  const draft = drafter(cells, contrast);
  const [models, sizes] = [unique(grid.map(({ model }) => model)), sizesOf(grid)];
  const isSeveral = models.length > 1 && sizes.length > 1;
  const perModel = isSeveral ? models : [];
  return [
    draft('overall', grid),
    ...(isSeveral ? sizes.map((samples) => draft('samples', atSize(grid, samples))) : []),
    ...perModel.map((model) =>
      draft(
        'model',
        grid.filter((point) => point.model === model),
      ),
    ),
    ...grid.map((point) => draft('model', [point])),
  ];
}

/** One draft a sample size, over all models. */
export function draftsBySize(cells: readonly Cell[], contrast: Contrast): readonly Draft[] {
  const grid = gridOf(cells, contrast);
  const draft = drafter(cells, contrast);
  return sizesOf(grid).map((samples) => draft('samples', atSize(grid, samples)));
}

const sizesOf = (grid: readonly GridPoint[]): readonly number[] => unique(grid.map(({ samples }) => samples));

const atSize = (grid: readonly GridPoint[], samples: number): readonly GridPoint[] =>
  grid.filter((point) => point.samples === samples);

type Drafter = (scope: Comparison['scope'], grid: readonly GridPoint[], claim?: Comparison['claim']) => Draft;

/** A comparison names its model or its sample size where it has one of them only; the headline is over all models. */
export function drafter(cells: readonly Cell[], contrast: Contrast): Drafter {
  const { task, headline } = cells[0] as Cell;
  return (scope, grid, claim = null) => {
    const only = <T>([first, ...others]: readonly T[]): T | null => (others.length > 0 ? null : (first ?? null));
    const model = scope === 'overall' || scope === 'samples' ? null : only(unique(grid.map((point) => point.model)));
    return { task, headline, ...contrast, scope, model, samples: only(sizesOf(grid)), grid, claim, survives: null };
  };
}
