/** The messages between a worker process and whoever launched it (IPC). Types only. */
import type { StageResult } from '../store/index.ts';

/** `folder` holds the task.json of the stage to run. */
export type MessageToWorker = { readonly type: 'run'; readonly folder: string } | { readonly type: 'stop' };

export type MessageFromWorker =
  | {
      readonly type: 'progress';
      readonly step: number;
      readonly steps: number;
      readonly loss: number | null;
      readonly tokensPerSecond: number | null;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'finished'; readonly result: StageResult; readonly isHealthy: boolean };
