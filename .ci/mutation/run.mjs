// Mutation tests: every operator, condition and block of a room is broken, one at a time, and a test must fail. Prints
// the score and every survivor; exit 1 below 85 %. Not part of npm test: a room takes 10 to 60 minutes on two cores.
//   node .ci/mutation/run.mjs [ROOM...]     without a name: all rooms of rooms.mjs
//
// Not counted are changed texts of messages and emptied object literals: the first say nothing about behaviour, of the
// second most do not compile.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rooms } from './rooms.mjs';

const LEAST_SCORE = 85;
/** Of the tests of each pass, by their time without mutants' switches, which slow loops down some twenty times. */
const SLOWEST_MS = [5, 50, Infinity];
const configFile = '.ci/mutation/vitest.config.ts';
/** What builds and test runs leave in a checkout. */
const made = ['.stryker-tmp', 'dist', 'test/built', 'coverage'];
const here = import.meta.dirname;
const root = path.resolve(here, '../..');

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(rooms);
const unknown = names.filter((name) => rooms[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no room ${unknown.join(', ')} to mutate. Rooms: ${Object.keys(rooms).join(', ')}.`);
  process.exit(2);
}
call('npm', ['ci', '--silent', '--prefix', here]);
const scores = names.map((name) => ({ name, ...mutate(name) }));
for (const { name, killed, counted } of scores)
  console.log(`${name}: ${((100 * killed) / counted).toFixed(1)} % (${killed} of ${counted} mutants killed)`);
process.exit(scores.every(({ killed, counted }) => killed >= (LEAST_SCORE / 100) * counted) ? 0 : 1);

/** The quickest tests on every mutant, then slower ones too on what is left. */
function mutate(name) {
  const folder = path.join(root, '.stryker-tmp');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, `${name}-`));
  const { mutate: files, tests } = rooms[name];
  const durations = testDurations(work, tests);
  const found = new Map();
  let left = files;
  for (const slowest of SLOWEST_MS) {
    const skipped = durations.filter(({ duration }) => duration > slowest).map(({ title }) => title);
    const timeoutMs = slowest < Infinity ? 8000 : 20_000;
    const mutants = mutantsOf(stryker({ work, tests, files: left, skipped, timeoutMs }));
    for (const mutant of mutants) if (found.get(keyOf(mutant))?.status !== 'Killed') found.set(keyOf(mutant), mutant);
    left = [...found.values()].filter(isAlive).map(rangeOf);
    if (left.length === 0) break;
  }
  rmSync(work, { recursive: true });
  return countsOf([...found.values()]);
}

function countsOf(mutants) {
  const survivors = mutants.filter(isAlive);
  for (const { file, location, replacement } of survivors)
    console.log(
      `survived: ${file}:${location.start.line}:${location.start.column} ${replacement.replaceAll(/\s+/gu, ' ')}`,
    );
  const killed = mutants.filter(({ status }) => ['Killed', 'Timeout'].includes(status)).length;
  return { killed, counted: killed + survivors.length };
}

function isAlive({ status }) {
  return ['Survived', 'NoCoverage'].includes(status);
}

function keyOf({ file, location, replacement }) {
  return JSON.stringify([file, location, replacement]);
}

/** A report counts columns from 1, a range to mutate from 0. */
function rangeOf({ file, location: { start, end } }) {
  return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}

function mutantsOf({ files }) {
  return Object.entries(files).flatMap(([file, { mutants }]) => mutants.map((mutant) => ({ file, ...mutant })));
}

function testDurations(work, tests) {
  const report = path.join(work, 'durations.json');
  call('npx', ['vitest', 'run', '--config', configFile, '--reporter=json', `--outputFile=${report}`], { tests });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

/** @param timeoutMs Beside what the tests take by themselves: a mutant that loops for ever costs that much. */
function stryker({ work, tests, files, skipped, timeoutMs }) {
  const report = path.join(work, 'mutation.json');
  const config = path.join(work, 'stryker.json');
  writeFileSync(config, JSON.stringify(configOf(files, { report, work, timeoutMs })));
  call(path.join(here, 'node_modules/.bin/stryker'), ['run', config], { tests, skipped });
  return JSON.parse(readFileSync(report, 'utf8'));
}

function configOf(files, { report, work, timeoutMs }) {
  return {
    plugins: [path.join(here, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js')],
    testRunner: 'vitest',
    vitest: { configFile, related: false },
    mutate: files,
    mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
    ignorePatterns: [...made, 'results', 'reports', 'docs/api', '.ci/*/node_modules'],
    coverageAnalysis: 'perTest',
    // What is computed while a file is loaded is the same for all tests of a process, so it cannot be switched.
    ignoreStatic: true,
    disableTypeChecks: false,
    concurrency: 2,
    timeoutMS: timeoutMs,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
    tempDirName: path.join(work, 'sandbox'),
  };
}

function call(command, args, { tests = [], skipped = [] } = {}) {
  const env = {
    ...process.env,
    HARNESS_MUTATED_TESTS: tests.join(' '),
    HARNESS_SKIPPED_TESTS: JSON.stringify(skipped),
  };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`);
  process.exit(1);
}
