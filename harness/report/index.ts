/** The public face of `report`: an experiment's report as a value, as files, and as a few lines for the terminal. */
export { buildReport } from './build-report.ts';
export { renderFiles, renderReport } from './render-report.ts';
export type { RenderedReport } from './render-report.ts';
export { formatSummary } from './summary.ts';
export type {
  ChartSpec,
  Comparison,
  Counts,
  Efficiency,
  Figure,
  Report,
  ReportInput,
  ReportProvenance,
  Statement,
  Table,
} from './report-input.ts';
