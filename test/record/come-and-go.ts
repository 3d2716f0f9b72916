/**
 * Stages that come and go as fast as they can: `node --import tsx come-and-go.ts RESULTS`, ended from outside. Says
 * `ready` after its first round.
 */
import { rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pairItems, writeStage } from './results-fixture.ts';

const results = process.argv[2] ?? '';
for (let round = 0; ; round++) {
  for (let number = 600; number < 610; number++)
    writeStage(results, { kind: 'evaluate', number, finals: { 'eval/rounds': round }, items: pairItems({ p1: 1 }) });
  if (round === 0) writeSync(1, 'ready\n');
  for (let number = 600; number < 610; number++)
    rmSync(join(results, 'store', `evaluate-${number.toString(16).padStart(12, '0')}`), { recursive: true });
}
