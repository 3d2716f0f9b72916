/** What two speeds must share to be compared, when they were not measured in turns. */
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem } from 'node:os';

export interface MachineIdentity {
  readonly cpuModel: string;
  readonly cores: number;
  /** Gibibytes, rounded: what a system keeps for itself differs from boot to boot. */
  readonly memoryGiB: number;
  /** `linux x64`. */
  readonly platform: string;
  /** Of the operating system. */
  readonly release: string;
  readonly node: string;
  /** The engine with its version: `onnxruntime-node 1.30.0`. */
  readonly engine: string;
}

export function machineIdentity(): MachineIdentity {
  const processors = cpus();
  return {
    cpuModel: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${arch()}`,
    release: release(),
    node: process.version,
    engine: engineName(),
  };
}

function engineName(): string {
  const name = 'onnxruntime-node';
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return `${name} ${version}`;
}

/** The fields in which two machines differ, as `cores 2, not 4`; none where their speeds can be compared. */
export function differencesOf(found: MachineIdentity, expected: MachineIdentity): readonly string[] {
  return (Object.keys(expected) as (keyof MachineIdentity)[])
    .filter((field) => found[field] !== expected[field])
    .map((field) => `${field} ${found[field]}, not ${expected[field]}`);
}
