/** One collector that starts from nothing: `node --import tsx collect-once.ts RESULTS`. */
import { collect } from '../../harness/record/index.ts';

await collect(process.argv[2] ?? '', { rebuild: true });
