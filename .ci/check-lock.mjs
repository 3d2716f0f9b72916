// Two things of package-lock.json that npm writes and --fix removes.
// 1. No install script of a dependency may run. npm 11 and newer read `allowScripts` of package.json. npm 10, which
// comes with Node 20, does not, but it runs only the scripts that the lockfile announces: --fix removes the
// announcements.
// 2. @cortex-js/compute-engine 0.140.0 asks for Node 22, and npm warns of it on Node 20. It runs there: the tests of
// the grader prove it on both versions. Its own range (0.27.0 is what npm picks on Node 20) hangs on answers of MATH.
//   node .ci/check-lock.mjs [--fix]
import { readFileSync, writeFileSync } from 'node:fs';

const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const provenOnOlderNode = ['node_modules/@cortex-js/compute-engine'];
const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const announced = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);
const undecided = announced.map(([place]) => nameOf(place)).filter((name) => allowScripts[name] !== false);

if (undecided.length > 0) {
  console.error(`package.json: allowScripts does not deny the install script of ${undecided.join(', ')}.`);
  console.error('Read the script, then run "npm install-scripts deny NAME" (npm 11), or do without the package.');
  process.exit(1);
}
if (announced.length > 0 && !process.argv.includes('--fix')) {
  console.error(`package-lock.json announces install scripts: ${announced.map(([place]) => place).join(', ')}.`);
  console.error('Run "node .ci/check-lock.mjs --fix".');
  process.exit(1);
}
const limited = provenOnOlderNode.map((place) => lock.packages[place]).filter((entry) => entry?.engines !== undefined);
if (limited.length > 0 && !process.argv.includes('--fix')) {
  console.error(`package-lock.json limits the versions of Node.js of ${provenOnOlderNode.join(', ')}.`);
  console.error('Run "node .ci/check-lock.mjs --fix".');
  process.exit(1);
}
for (const [, entry] of announced) delete entry.hasInstallScript;
for (const entry of limited) delete entry.engines;
if (announced.length + limited.length > 0) writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
