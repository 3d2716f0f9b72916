/** How a stage gets a process, on this machine or as a job of a cluster. Types only. */
import type { StageTask } from '../store/index.ts';
import type { MessageFromWorker } from './worker-messages.ts';
import type { WorkerReply } from './worker-reply.ts';

export type LiveMessage = Exclude<MessageFromWorker, { type: 'finished' }>;

/** One stage at a time. */
export interface Slot {
  /** Where what the process prints goes. */
  readonly logFile: string;
  /** The task's folder holds its task.json. Resolves with the result, or with the process's death; never rejects. */
  start(task: StageTask, onLive: (message: LiveMessage) => void): Promise<WorkerReply>;
  /** The end of what was printed since the current stage began. */
  lastLines(): readonly string[];
  /** Of the process that runs the stage; null where none can be seen from here. */
  readonly pid: number | null;
  /** It stands in a queue: none of its time has passed yet. */
  readonly isWaiting?: boolean;
  /** Asks the running stage to save and stop. */
  stop(): void;
  kill(): void;
}

export interface Launcher {
  readonly name: string;
  /**
   * The number of the attempt that a launch of an earlier sweep still makes at a stage, or is about to; null = none.
   * `start` then waits for that one, and launches nothing.
   */
  underWay?(stageId: string): Promise<number | null>;
  /** @param slot 1, 2, ...: as many as stages run side by side. */
  slot(slot: number): Promise<Slot>;
  /** Asks running stages to save and stop. */
  stop(): void;
  kill(): void;
  /** Lets idle processes go, and sees them out. */
  close(graceMs: number): Promise<void>;
}
