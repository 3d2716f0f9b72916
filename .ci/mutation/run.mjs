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

function mutate(name) {
  const folder = path.join(root, '.stryker-tmp');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, `${name}-`));
  const report = path.join(work, 'mutation.json');
  const config = path.join(work, 'stryker.json');
  writeFileSync(config, JSON.stringify(configOf(name, { report, work })));
  call(path.join(here, 'node_modules/.bin/stryker'), ['run', config], rooms[name].tests);
  const result = resultOf(JSON.parse(readFileSync(report, 'utf8')));
  rmSync(work, { recursive: true });
  return result;
}

function configOf(name, { report, work }) {
  return {
    plugins: [path.join(here, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js')],
    testRunner: 'vitest',
    vitest: { configFile: '.ci/mutation/vitest.config.ts', related: false },
    mutate: rooms[name].mutate,
    mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
    ignorePatterns: [...made, 'results', 'reports', 'docs/api', '.ci/*/node_modules'],
    coverageAnalysis: 'perTest',
    // What is computed while a file is loaded is the same for all tests of a process, so it cannot be switched.
    ignoreStatic: true,
    disableTypeChecks: false,
    concurrency: 2,
    timeoutMS: 20_000,
    reporters: ['json', 'clear-text', 'progress-append-only'],
    clearTextReporter: { reportTests: false, logTests: false, allowColor: false },
    jsonReporter: { fileName: report },
    tempDirName: path.join(work, 'sandbox'),
  };
}

function resultOf({ files }) {
  const states = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const of = (...wanted) => states.filter((status) => wanted.includes(status)).length;
  const killed = of('Killed', 'Timeout');
  return { killed, counted: killed + of('Survived', 'NoCoverage') };
}

function call(command, args, tests = []) {
  const env = { ...process.env, HARNESS_MUTATED_TESTS: tests.join(' ') };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`);
  process.exit(1);
}
