/** Where a report and the paper's figures go: beside the results, or with `--publish` where git looks. */
import { UserError } from '../spec/index.ts';
import type { CliContext } from './context.ts';

/** Committed, so in the folder where the command is given. */
export const publishedReports = 'reports';

export interface PlaceFlags {
  readonly reports?: string;
  readonly publish: boolean;
}

/** @throws UserError (2) where the flags name two places. */
export function reportsPlace(context: CliContext, { publish, reports }: PlaceFlags, resultsFolder: string): string {
  if (!publish) return context.reportsFolder(reports, resultsFolder);
  if (reports === undefined) return publishedReports;
  throw new UserError('--publish writes to reports/, --reports to another folder', {
    exitCode: 2,
    hint: 'Give one of the two.',
  });
}
