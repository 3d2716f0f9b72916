// Makes a release in this checkout: version, changelog, checks, commit, tag. It never pushes.
//   npm run release -- X.Y.Z [--dry-run]
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const { positionals, isDryRun } = readArguments(process.argv.slice(2));
const [version] = positionals;
const tag = `v${version}`;
const current = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;

checkVersion();
checkTree();
checkChangelog();
run('bash', ['.ci/run']);
if (version !== current) {
  run('npm', ['version', version, '--no-git-tag-version']);
  run('git', ['commit', '-m', `release: ${version}`, 'package.json', 'package-lock.json']);
}
run('git', ['tag', '--annotate', tag, '--message', `harness ${version}`]);
console.log(isDryRun ? 'dry run: nothing was changed' : `Tagged ${tag}. To publish it: git push origin HEAD ${tag}`);

function readArguments(argv) {
  const flags = argv.filter((argument) => argument.startsWith('-'));
  const positionals = argv.filter((argument) => !argument.startsWith('-'));
  if (positionals.length !== 1 || flags.some((flag) => flag !== '--dry-run'))
    refuse('usage: npm run release -- X.Y.Z [--dry-run]');
  return { positionals, isDryRun: flags.length > 0 };
}

function checkVersion() {
  if (!/^\d+\.\d+\.\d+$/.test(version)) refuse(`"${version}" is no version X.Y.Z`);
  if (compare(version, current) < 0) refuse(`${version} is lower than ${current}, the version in package.json`);
  if (git('tag', '--list', tag) !== '') refuse(`the tag ${tag} exists already`);
}

function checkTree() {
  const changes = git('status', '--porcelain');
  if (changes !== '') refuse(`the checkout has changes; commit or remove them first:\n${changes}`);
}

function checkChangelog() {
  const lines = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8').split('\n');
  const start = lines.findIndex((line) => line === `## ${version}` || line.startsWith(`## ${version} `));
  if (start < 0) refuse(`CHANGELOG.md has no section "## ${version}"; write what changed for users`);
  const end = lines.findIndex((line, index) => index > start && line.startsWith('## '));
  const body = lines.slice(start + 1, end < 0 ? undefined : end);
  if (body.every((line) => line.trim() === '')) refuse(`the section "## ${version}" of CHANGELOG.md is empty`);
}

function compare(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

/** Shows the command; runs it unless this is a dry run. */
function run(command, args) {
  console.log(`$ ${[command, ...args].join(' ')}`);
  if (isDryRun) return;
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) refuse(`"${command} ${args.join(' ')}" failed`);
}

function refuse(message) {
  console.error(`release: ${message}`);
  process.exit(1);
}
