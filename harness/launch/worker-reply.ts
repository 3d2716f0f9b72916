/** What came of an attempt: the worker's own word, or how the process ended instead. Types only. */
import type { StageResult } from '../store/index.ts';

export type WorkerReply =
  | { readonly kind: 'result'; readonly result: StageResult }
  | {
      readonly kind: 'died';
      readonly pid: number | null;
      readonly signal: string | null;
      readonly exitCode: number | null;
    }
  /** A job on another machine is gone, and the stage says nothing. */
  | {
      readonly kind: 'vanished';
      readonly errorClass: 'infrastructure' | 'oom';
      readonly message: string;
      readonly hint: string;
    };
