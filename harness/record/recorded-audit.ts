/** What a report reads of the data behind its trials. Types only. */
import type { Audit } from '../data/audit/audit.ts';
import type { Contamination } from '../data/contamination/contamination.ts';
import type { PreferencePair } from '../data/preference-pair.ts';

interface RecordedCheck {
  readonly stageId: string;
  /** What people call the pairs, or the task. */
  readonly name: string;
  /** The trials whose chain it belongs to. */
  readonly trialIds: readonly string[];
}

/** The audit of the pairs that trials were pretrained on. */
export interface RecordedAudit extends RecordedCheck {
  readonly audit: Audit;
  /** Sampled by seed, not picked. */
  readonly shown: readonly PreferencePair[];
}

/** What the evaluation of a task has in common with the data that its trials were trained on. */
export interface RecordedContamination extends RecordedCheck {
  readonly found: Contamination;
}

/** Scores of a task that were judged outside a sweep: of a model from elsewhere, or by `score --task`. */
export interface RecordedScores {
  readonly stageId: string;
  readonly model: string;
  readonly task: string;
  /** Final metrics by name. */
  readonly metrics: Readonly<Record<string, number>>;
}
