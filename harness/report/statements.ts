/**
 * What a reader should take home: what was claimed beforehand, then warnings about the data, then what else is seen in
 * it.
 */
import { defaultHeadline } from '../kinds/metrics.ts';
import { claimEdgeNotes } from './compare/claim-notes.ts';
import { armsOf, isUnregistered, withRole } from './arm-points.ts';
import { countsText, sumCounts } from './counts.ts';
import { rankerNotes } from './ranker-notes.ts';
import { plural } from '../text/index.ts';
import { listText } from './format.ts';
import type { Cell, Comparison, Statement } from './report-types.ts';
import { splitStatements } from './split/split-words.ts';
import { taskNotes } from './task-notes.ts';
import { taskViews, type ExperimentView } from './view.ts';

export function statementsOf(view: ExperimentView): readonly Statement[] {
  const counts = sumCounts(view.cells);
  if (counts.used === 0)
    return [
      warning(`No trial is complete yet (${countsText(counts)}): there is nothing to compare, and no figure is drawn.`),
    ];
  const perTask = taskViews(view).flatMap((own) => [
    ...taskNotes(own),
    ...rankerNotes(own),
    ...[
      ...own.comparisons.filter(({ scope, claim }) => scope === 'overall' && claim === null),
      // A family of many: told only where it is beyond noise.
      ...own.smallerBudgets.filter(({ reading }) => reading === 'worse'),
    ].map(conclusion),
  ]);
  const splits = splitStatements(view.computeSplits);
  // With one model and one sample size its own comparison is the same test again.
  const claimed = view.comparisons.filter(({ claim }) => claim !== null).slice(0, 1);
  return [...claimed.map(conclusion), ...generalNotes(view).map(warning), ...perTask, ...splits];
}

const conclusion = ({ reading, task, sentence, claim }: Comparison): Statement => ({
  tone: reading,
  task,
  text: sentence,
  isClaim: claim !== null,
});

export const warning = (text: string): Statement => ({ tone: 'warning', task: null, text, isClaim: false });

/** What holds for the whole experiment. */
function generalNotes(view: ExperimentView): readonly string[] {
  const { cells, comparisons, audits } = view;
  return [
    ...claimEdgeNotes(view),
    ...unknownArms(cells),
    ...missingArms(cells, comparisons),
    ...missingOutcomes(comparisons),
    ...fewSeeds(cells),
    ...audits.flatMap(({ name, audit }) => audit.flags.map((flag) => `Pairs of ${name}: ${flag}`)),
  ];
}

function unknownArms(cells: readonly Cell[]): readonly string[] {
  const unknown = armsOf(cells).filter(isUnregistered);
  if (unknown.length === 0) return [];
  const names = listText(unknown.map(({ id }) => id));
  return [
    `${plural(unknown.length, 'arm')} of the records ${unknown.length === 1 ? 'is' : 'are'} not registered: ` +
      `${names}. A plug-in may not be loaded. ${unknown.length === 1 ? 'It is' : 'They are'} drawn in a neutral ` +
      `style and compared as ${unknown.length === 1 ? 'a control' : 'controls'}.`,
  ];
}

function missingArms(cells: readonly Cell[], comparisons: readonly Comparison[]): readonly string[] {
  const treatments = armsOf(withRole(cells, 'treatment'));
  if (treatments.length === 0) return ['The sweep has no treatment arm, so no effect can be reported.'];
  if (comparisons.length > 0) return [];
  return [`The sweep has no arm to compare ${listText(treatments.map(({ label }) => label))} with.`];
}

function missingOutcomes(comparisons: readonly Comparison[]): readonly string[] {
  const expected = comparisons.filter(({ headline }) => headline.name === defaultHeadline);
  if (expected.length === 0 || expected.some(({ itemInterval }) => itemInterval !== null)) return [];
  return [
    'Outcomes on single test pairs are not recorded for all compared trials, or there is one seed. ' +
      'Intervals show the variance over seeds, not that of the choice of test pairs.',
  ];
}

function fewSeeds(cells: readonly Cell[]): readonly string[] {
  const seeds = Math.max(...cells.map((cell) => cell.used.length));
  return seeds < 3
    ? [`At most ${seeds === 1 ? 'one seed' : `${seeds} seeds`} a point: three are the least for a claim.`]
    : [];
}
