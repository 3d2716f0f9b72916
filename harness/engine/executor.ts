/** What every engine offers: compile a program once, then run it on many batches while its state stays inside. */
import type { Program } from '../graph/index.ts';

/** One fed array with its row-major shape, or a number for a scalar input. */
export type Feed = { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] } | number;
export type Feeds = Readonly<Record<string, Feed>>;
/** Values by state or output name, row-major. */
export type Values = Record<string, Float32Array>;

export interface CompileOptions {
  /** CPU threads of one operation. Default 1. */
  readonly threads?: number;
  /**
   * A session of the same executor whose state the new one reads and writes: entries with equal names are one buffer
   * (shapes and storage must agree), entries that only one of them has are its own. The buffers live until all sessions
   * that use them are released.
   */
  readonly stateOf?: Session;
  /** Writes the engine's own profile to files that start with this prefix; for people at work on speed. */
  readonly profilePrefix?: string;
  /** False: also what the executor would update in place is computed as operations; to compare the two. */
  readonly updatesInPlace?: boolean;
}

export interface Executor {
  readonly name: string;
  /** A GPU: it is fastest with large products, and gains nothing from a step cut to fit a processor's cache. */
  readonly wantsWholeSteps?: true;
  /** States that an optimizer updates element by element take one pass each, whatever the number of operations. */
  readonly updatesInPlace?: true;
  compile(program: Program, options?: CompileOptions): Promise<Session>;
}

/** Gets float32 values, or 16-bit ones as they are stored, where the program keeps the state so. */
export type FillState = (target: Float32Array | Uint16Array) => Promise<void>;

export interface Session {
  /**
   * States go by the names of their parts where they are flat (see `StateEntry.parts`), here and in all else.
   * Replaces the named states by copies of `values`; states that are not named keep theirs. All states start as zeros.
   */
  setState(values: Readonly<Record<string, Float32Array>>): void;
  /**
   * Lets `fill` write the values of one state into the session's own array. Sessions without it take a copy by
   * `setState`.
   */
  fillState?(name: string, fill: FillState): Promise<void>;
  /** One run. The state advances only if it succeeds. Runs must not overlap: await one before the next. */
  run(feeds: Feeds): Promise<Values>;
  /** Copies of all states. */
  getState(): Promise<Values>;
  release(): Promise<void>;
}
