/** One collector that starts from nothing, with its number of threads: `collect-once RESULTS [THREADS]`. */
import { collect } from '../../harness/record/index.ts';

const [results = '', threads = '0'] = process.argv.slice(2);
await collect(results, { rebuild: true, threads: Number(threads) });
