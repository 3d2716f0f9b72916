/**
 * The report as a value: a pure function of the recorded trials. Nothing is rendered or written here.
 *
 *     trials -> check -> cells (seeds grouped) -> comparisons, efficiency -> figures, tables, statements -> markdown
 */
import type { Arm } from '../kinds/arms.ts';
import { metricLookup } from '../kinds/metrics.ts';
import { armResolver, armsOf } from './arm-points.ts';
import { groupCells } from './cells.ts';
import { checkTrials } from './check-trials.ts';
import { claimOf } from './compare/claim.ts';
import { claimNotes } from './compare/claim-notes.ts';
import { compareArms } from './compare/compare-arms.ts';
import { sumCounts } from './counts.ts';
import { drawFigures, drawTables } from './draw.ts';
import { sampleEfficiency } from './efficiency.ts';
import { environmentNote } from './environment-note.ts';
import { figures as registeredFigures } from './figures/index.ts';
import { digestOf, footerOf } from './footer.ts';
import { count } from '../text/index.ts';
import { armLabel } from './format.ts';
import { headlineResolver } from './headlines.ts';
import { nothingRecorded } from './nothing-recorded.ts';
import { markdownOf } from './markdown.ts';
import { pairDiff } from './pair-diff.ts';
import { outcomeTables, type OutcomesOf } from './pair-outcomes.ts';
import { publishedLaws } from './published-laws.ts';
import type { RecordedInput, ReportInput } from './report-input.ts';
import type { LeftOut, Report, Statement } from './report-types.ts';
import { computeSplits } from './split/compute-splits.ts';
import { statementsOf, warning } from './statements.ts';
import { tables as registeredTables } from './tables/index.ts';
import { testPairsOf } from './test-pairs.ts';
import { trialRecords } from './trial-records.ts';
import { taskViews, type ExperimentView } from './view.ts';

/**
 * Throws UserError: exit 5 for an experiment without trials, exit 4 for a metric that is not a finite number or a share
 * outside [0, 1], exit 2 for kinds that contradict each other.
 */
export function buildReport(input: ReportInput): Report {
  if (input.trials.length === 0) throw nothingRecorded(`no trial of experiment ${input.experiment} is recorded`);
  const armNamed = armResolver(input.arms);
  const outcomesOf = outcomeTables(input.pairOutcomes, input.experiment);
  const view = viewOf(input, armNamed, outcomesOf);
  const drawn = drawTables(input.tables ?? registeredTables, view);
  const report = {
    ...headOf(input, view),
    statements: withNotes(
      [...(input.notes ?? []), ...environmentNote(input)],
      [...claimNotes(input, view).map((text) => ({ ...warning(text), isClaim: true })), ...statementsOf(view)],
    ),
    figures: drawFigures(input.figures ?? registeredFigures, view),
    tables: drawn.map(({ table }) => table),
    numbers: drawn.flatMap(({ numbers }) => numbers),
    shownPairs: input.audits.map(({ name, shown }) => ({ name, pairs: shown.map(pairDiff) })),
    leftOut: leftOutOf(input, armNamed),
    trials: trialRecords(input, view, armNamed),
  };
  return { ...report, markdown: markdownOf(report) };
}

/** The claim stands first on a page; what a reader should know of the kinds comes next. */
function withNotes(notes: readonly string[], statements: readonly Statement[]): readonly Statement[] {
  const claimed = statements.filter(({ isClaim }) => isClaim);
  const others = statements.filter(({ isClaim }) => !isClaim);
  return [...claimed, ...notes.map(warning), ...others];
}

function viewOf(input: ReportInput, armNamed: (id: string) => Arm, outcomesOf: OutcomesOf): ExperimentView {
  const { trials, metrics, headlines = {}, audits, contaminations, scores = [], tried = {}, compute = [] } = input;
  const metricOf = metricLookup(metrics);
  checkTrials(trials, metricOf);
  const cells = groupCells(trials, { armNamed, headlineFor: headlineResolver(headlines, metricOf) });
  const { comparisons, smallerBudgets } = compareArms(cells, outcomesOf, claimOf(input, { armNamed, metricOf }));
  return {
    cells,
    comparisons,
    smallerBudgets,
    efficiency: sampleEfficiency(cells),
    computeSplits: computeSplits(cells, new Map(compute.map((one) => [one.trialId, one]))),
    testPairs: testPairsOf(trials, input.pairOutcomes, input.lengthOutcomes),
    audits,
    contaminations,
    scores,
    tried,
    modelSizes: input.modelSizes ?? {},
    publishedLaws: input.publishedLaws ?? publishedLaws(),
    metricOf,
  };
}

/** What the report is about, and where it comes from. */
function headOf(
  input: RecordedInput,
  view: ExperimentView,
): Omit<Report, 'statements' | 'figures' | 'tables' | 'numbers' | 'shownPairs' | 'leftOut' | 'trials' | 'markdown'> {
  const { cells, comparisons, smallerBudgets, efficiency, computeSplits } = view;
  const digest = digestOf(input);
  return {
    schemaVersion: 3,
    experiment: input.experiment,
    title: input.title ?? input.experiment,
    question: input.question,
    tasks: taskViews(view).map(({ task, headline }) => ({ task, headline })),
    arms: armsOf(cells).map(({ id, label, role }) => ({ id, label, role })),
    counts: sumCounts(cells),
    comparisons,
    smallerBudgets,
    efficiency,
    computeSplits,
    footer: footerOf(input, digest),
    digest,
  };
}

function leftOutOf({ trials }: RecordedInput, armNamed: (id: string) => Arm): readonly LeftOut[] {
  return trials
    .filter(({ outcome }) => outcome !== 'completed' && outcome !== 'pending')
    .map(({ trialId, task, model, arm, pretrainPairs, samples, seed, outcome, cause }) => {
      const pretrained = armLabel({ arm: armNamed(arm), pretrainPairs, variant: '' }, true);
      const where = `${task}, ${model}, ${pretrained}, ${count(samples)} samples, seed ${seed}`;
      return { trialId, where, outcome, cause: cause ?? 'no cause recorded' };
    });
}
