/** The one place that says by which metric a task is judged. */
import { defaultHeadline, type Metric } from '../kinds/metrics.ts';
import { UserError } from '../spec/user-error.ts';
import type { ReportKinds } from './report-input.ts';

/** Throws UserError (exit 2) for a headline without a better direction: no verdict could be read from it. */
export function headlineResolver(
  headlines: NonNullable<ReportKinds['headlines']>,
  metricOf: (name: string) => Metric,
): (task: string) => Metric {
  return (task) => {
    const headline = metricOf(headlines[task] ?? defaultHeadline);
    if (headline.better !== null) return headline;
    throw new UserError(`task ${task} is judged by ${headline.name}, but nothing says whether high or low is better`, {
      exitCode: 2,
      hint:
        `Register the metric with its unit and its better direction: { name: '${headline.name}', unit: ` +
        `'share', better: 'high' }`,
    });
  };
}

/** 1 where more is better, -1 where less is. */
export const direction = ({ better }: Metric): 1 | -1 => (better === 'low' ? -1 : 1);
