/** The public face of `report`: an experiment's report as a value, as files, and as a few lines for the terminal. */
export { buildReport } from './build-report.ts';
export { auditNote, auditTable, type NamedAudit } from './audit-rows.ts';
export { pairDiff, plainParts, type PairDiff } from './pair-diff.ts';
export { escape } from './page/escape.ts';
export { pairsPage } from './page/pairs-page.ts';
export { figures } from './figures/index.ts';
export type { FigureSize } from './figures/figure-size.ts';
export { drawGrowth, type GrowthFigure, type GrowthFigurePoint } from './figures/growth-figure.ts';
export {
  checkFigures,
  drawPaperFigures,
  figuresNamed,
  paperFigures,
  publishedFile,
  readFigures,
  readPublished,
  writeFigures,
  writeScores,
  type DrawnFigure,
  type FigureCheck,
  type MissingFigure,
  type PublishedPoint,
} from './paper/index.ts';
export { seedNoise, type SeedNoise } from './noise/seed-noise.ts';
export { isOneSidedClaim, seedsNeeded, smallestFound, type SeedsNeeded } from './noise/seeds-needed.ts';
export { neededColumns, neededRows, noiseHead, noiseOutlook, noiseRows, wideness } from './noise/noise-words.ts';
export { claimHeadline } from './compare/claim.ts';
export { renderedFiles, renderFiles, renderReport } from './render-report.ts';
export type { RenderedReport, RenderOptions } from './render-report.ts';
export { recordedReportKinds, reportKinds } from './report-kinds.ts';
export { nothingRecorded } from './nothing-recorded.ts';
export { formatSummary } from './summary.ts';
export { tables } from './tables/index.ts';
export type { RecordedInput, ReportInput, ReportKinds, ReportProvenance } from './report-input.ts';
export type {
  ArmPoint,
  Cell,
  ChartSpec,
  Comparison,
  Counts,
  Efficiency,
  Estimate,
  Figure,
  NumberRow,
  Report,
  Statement,
  Table,
} from './report-types.ts';
export type {
  ModelView,
  ExperimentView,
  FigureDrawing,
  FigureKind,
  TableDrawing,
  TableKind,
  TaskView,
} from './view.ts';
