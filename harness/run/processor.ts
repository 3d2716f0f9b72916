/** The processor of this machine, as provenance records it and predictions look for it. */
import { cpus } from 'node:os';
import type { Provenance } from '../store/index.ts';

export function processor(): Pick<Provenance, 'cpuModel' | 'cores'> {
  const processors = cpus();
  return { cpuModel: processors[0]?.model ?? 'unknown', cores: processors.length };
}
