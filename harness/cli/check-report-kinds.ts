/**
 * What plug-ins give to reports, checked before anything runs: an error that showed with the first report would cost
 * the stages, since they run again with a plug-in that is corrected.
 */
import type { ExperimentWithKinds } from '../kinds/index.ts';
import type { ParseResult } from '../spec/index.ts';

/** Nothing of an experiment with errors of its own. @throws UserError (2) naming the plug-in. */
export async function checkReportKinds({ result, ...loaded }: ExperimentWithKinds<ParseResult>): Promise<void> {
  if (!result.ok || loaded.plugins.length === 0) return;
  // Loads the charts, which takes a second.
  const { reportKinds } = await import('../report/index.ts');
  reportKinds({ ...loaded, spec: result.spec });
}
