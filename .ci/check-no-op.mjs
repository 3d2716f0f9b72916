// The second sweep of a finished experiment must run nothing, and the first must have failed nothing.
import { readFileSync } from 'node:fs';
const [first, second] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const problems = [];
if (!(first.counts.ran > 0)) problems.push(`the first sweep ran ${first.counts.ran} stages`);
for (const kind of ['failed', 'diverged', 'blocked'])
  if (first.counts[kind] !== 0) problems.push(`the first sweep has ${first.counts[kind]} ${kind} stages`);
if (second.counts.ran !== 0 || second.counts.cached !== first.counts.ran + first.counts.cached)
  problems.push(`the second sweep is no no-op: ${JSON.stringify(second.counts)} after ${JSON.stringify(first.counts)}`);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`first: ${JSON.stringify(first.counts)}; second: ${JSON.stringify(second.counts)}`);
