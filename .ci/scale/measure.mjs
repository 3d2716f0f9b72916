// How long the commands take that look at or finish large sweeps, and their memory, as a table in Markdown.
//   node .ci/scale/measure.mjs SPEC SMALL SEEDS...     SMALL: where SPEC was swept; SEEDS: of each copy to measure
// Each command is started three times (the first ones once: they change what they find), and the median is told.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fabricate, seedsOverride } from './fabricate.mjs';
import { run } from './timed.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'harness-scale-'));

function median(times, argv, results) {
  const all = Array.from({ length: times }, () => run(argv, results));
  return all.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(times / 2)];
}

/** The first sweep finds all stages done: it plans, compares every digest, collects and draws the report. */
function measure(spec, seeds, results) {
  const swept = [spec, '-s', seedsOverride(seeds)];
  const sweep = run(['sweep', ...swept, '--quiet'], results);
  for (const name of readdirSync(results).filter((one) => one.startsWith('harness.duckdb') || one === '.checked'))
    rmSync(path.join(results, name), { recursive: true });
  return {
    plan: median(3, ['plan', ...swept], results),
    'first sweep': sweep,
    'first collect': run(['collect'], results),
    'first report': run(['report', spec], results),
    'sweep, nothing to do': median(3, ['sweep', ...swept, '--quiet'], results),
    status: median(3, ['status'], results),
    'ls trials': median(3, ['ls', 'trials'], results),
    'collect --rebuild': run(['collect', '--rebuild'], results),
  };
}

const [spec, small, ...counts] = process.argv.slice(2);
console.log('| seeds, stages | command | seconds | of the processor | MB |\n|---|---|---|---|---|');
for (const count of counts.map(Number)) {
  const results = path.join(scratch, String(count));
  const stages = await fabricate(spec, small, results, count);
  for (const [name, { seconds, cpu, megabytes }] of Object.entries(measure(spec, count, results)))
    console.log(
      `| ${count}, ${stages} | ${name} | ${seconds.toFixed(2)} | ${cpu.toFixed(2)} | ${megabytes.toFixed(0)} |`,
    );
  rmSync(results, { recursive: true });
}
rmSync(scratch, { recursive: true });
