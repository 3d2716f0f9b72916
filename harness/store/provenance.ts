/** `provenance.json`: where a result comes from. Written beside every stage that ran. Types only. */
import type { Device } from '../spec/experiment-schema.ts';

export interface Provenance {
  readonly provenanceVersion: 1;
  /** null where the program does not run from a git checkout of its own. */
  readonly commit: string | null;
  readonly isDirty: boolean | null;
  /** sha256 over `git diff HEAD` and the list of untracked files; null when clean. */
  readonly diffDigest: string | null;
  readonly lockfileDigest: string | null;
  readonly packageVersion: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly node: string;
  /**
   * How the work was shared out, and the device it ran on with the reason it was taken; `deviceReason` names the
   * adapter.
   */
  readonly execution: {
    readonly workers: number;
    readonly threads: number;
    readonly device: Device;
    readonly deviceReason: string;
  };
  readonly platform: string;
  readonly host: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly startedAt: string;
}
