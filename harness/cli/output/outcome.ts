/** Outcomes as people see them: one word, one colour. */
import type { Paint, TableColumn } from '../../text/index.ts';

/** How an attempt at a stage can end; `running` is told by its worker's lease, the others by its files. */
export const runOutcomes = [
  'running',
  'completed',
  'diverged',
  'failed',
  'interrupted',
  'cancelled',
  'unfinished',
] as const;
export const stageOutcomes = [...runOutcomes, 'damaged'] as const;
export type RunOutcome = (typeof runOutcomes)[number];
export type StageOutcome = (typeof stageOutcomes)[number];

const styles: Readonly<Record<string, Parameters<Paint>[0]>> = {
  completed: 'green',
  running: 'cyan',
  diverged: 'yellow',
  interrupted: 'yellow',
  cancelled: 'yellow',
  unfinished: 'yellow',
  blocked: 'yellow',
  failed: 'red',
  damaged: 'red',
};

export const outcomeStyle = (outcome: string): Parameters<Paint>[0] | null => styles[outcome] ?? null;
export const outcomeColumn: TableColumn = { name: 'outcome', isImportant: true, style: outcomeStyle };
export const nameColumn: TableColumn = { name: 'name', isImportant: true };
