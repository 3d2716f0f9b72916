/** The entry of a process that does one phase and sends its numbers to its parent: its peak is that of the phase. */
import { runPairPhase, type PairPhaseRequest } from './pair-phases.ts';

const result = await runPairPhase(JSON.parse(process.argv[2] ?? '{}') as PairPhaseRequest);
process.send?.(result, undefined, undefined, () => process.disconnect());
