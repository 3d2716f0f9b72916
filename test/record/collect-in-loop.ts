/**
 * A collector that never has nothing to do: `node --import tsx collect-in-loop.ts RESULTS`, ended from outside. Says
 * `ready` after its first round.
 */
import { writeSync } from 'node:fs';
import { collect } from '../../harness/record/index.ts';
import { writeStage } from './results-fixture.ts';

const results = process.argv[2] ?? '';
for (let round = 0; ; round++) {
  writeStage(results, { kind: 'task', number: 500 + (round % 5), finals: { 'task/rounds': round } });
  await collect(results);
  if (round === 0) writeSync(1, 'ready\n');
}
