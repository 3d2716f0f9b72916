// The whole pipeline on aa.yaml, again and again with other seeds: how often does it claim what is not there?
//   node .ci/aa/repeat.mjs [REPETITIONS] [RESULTS]     20 repetitions of 8 seeds take about half an hour on two cores
// What is done in RESULTS is not run again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const seedsEach = 8;
const [repetitions = '20', results = mkdtempSync(path.join(tmpdir(), 'harness-aa-'))] = process.argv.slice(2);

const isFinding = ({ reading }) => reading === 'better' || reading === 'worse';

function repeat(number) {
  const name = `aa-${number}`;
  const seeds = Array.from({ length: seedsEach }, (_, index) => number * 100 + index);
  const argv = ['sweep', path.join(here, 'aa.yaml'), '-s', `name=${name}`, '-s', `seeds=[${seeds}]`, '--quiet'];
  const harness = path.join(here, '../../harness/cli/bin.mjs');
  const swept = spawnSync(process.execPath, [harness, ...argv, '--results', results], { encoding: 'utf8' });
  if (swept.status !== 0) throw new Error(`${name} ended with ${swept.status}: ${swept.stderr}`);
  const { comparisons } = JSON.parse(readFileSync(path.join(results, 'reports', name, 'report.json'), 'utf8'));
  const claimed = comparisons.find(({ claim }) => claim !== null);
  const { meanDifference, interval } = claimed.statistics;
  const points = [meanDifference, interval.low, interval.high].map((share) => (100 * share).toFixed(1));
  const others = comparisons.filter((one) => one.claim === null && isFinding(one)).length;
  console.log(
    `${name}: ${points[0]} points [${points[1]}, ${points[2]}], ${claimed.reading}; ${others} other findings`,
  );
  return { isClaim: isFinding(claimed), isCovered: interval.low <= 0 && interval.high >= 0, others };
}

const pages = Array.from({ length: Number(repetitions) }, (_, index) => repeat(index + 1));
const count = (is) => pages.filter(is).length;
console.log(
  `${count(({ isClaim }) => isClaim)} of ${pages.length} repetitions claim a difference, ` +
    `${count(({ isCovered }) => isCovered)} intervals hold 0, ` +
    `${count(({ others }) => others > 0)} pages have another finding (${results})`,
);
