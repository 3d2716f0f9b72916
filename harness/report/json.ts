/**
 * report.json: the report as data. Specifications are left to their own files, and single trials to the records; arms
 * and metrics are named.
 */
import { figureExtensions } from './figures/figure-files.ts';
import type { Figure, Report } from './report-types.ts';

export function jsonOf({ markdown: _markdown, trials: _trials, figures, ...report }: Report): string {
  return `${JSON.stringify({ ...report, figures: figures.map(fileOf) }, named, 1)}\n`;
}

function fileOf({ name, task, title, caption, alt }: Figure): object {
  const files = figureExtensions.map((extension) => `figures/${name}.${extension}`);
  return { name, task, title, caption, alt, files };
}

/** The arm of a point as its id, the metric of a comparison as its name. */
function named(key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'arm' && 'id' in value) return value.id;
  return key === 'headline' && 'name' in value ? value.name : value;
}
