// The lock of the backend torch: takes the digests of the wheels that lie in folders into its packages.
//   node .ci/lock-torch.mjs cpu FOLDER...
// Versions stand in the lock itself and are changed there by hand. A digest that is there stays as long as its version
// does, so that the lock gains a platform by one run with the wheels of that platform (pip download --platform ...).
// What is covered is worked out from the names of the wheels: a platform and a Python for which no package is missing.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [build, ...folders] = process.argv.slice(2);
const lock = path.resolve(import.meta.dirname, `../harness/backends/torch/requirements-${build}.txt`);
const text = readFileSync(lock, 'utf8');

const normal = (name) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
/** name-version-python-abi-platform.whl */
const partsOf = (wheel) => wheel.replace(/\.whl$/, '').split('-');

const here = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.whl'))
    .map((file) => ({ file, place: path.join(folder, file) })),
);

const packages = [...text.matchAll(/((?:^# .+\.whl\n)*)^([\w.-]+)==([^\s\\]+)((?: \\\n +--hash=\S+)*)/gm)].map(
  ([, names, name, version, digests]) => {
    const files = [...names.matchAll(/^# (.+)$/gm)].map(([, file]) => file);
    const known = [...digests.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, digest], index) => [files[index], digest]);
    const kept = known.filter(([file]) => partsOf(file)[1] === version);
    return { name, version, wheels: new Map([...kept, ...wheelsHere(name, version)]) };
  },
);

function wheelsHere(name, version) {
  return here
    .filter(({ file }) => normal(partsOf(file)[0]) === normal(name) && partsOf(file)[1] === version)
    .map(({ file, place }) => [file, createHash('sha256').update(readFileSync(place)).digest('hex')]);
}

const machines = [
  ['linux', 'x86_64', /linux.*_x86_64/],
  ['linux', 'aarch64', /linux.*_aarch64/],
  ['darwin', 'arm64', /macosx.*_(arm64|universal2)/],
];

function serves(wheel, minor, platform) {
  const [, , python, abi, platforms] = partsOf(wheel);
  if (platforms !== 'any' && !platform.test(platforms)) return false;
  if (python.includes('py3')) return true;
  const least = Number(/^cp3(\d+)/.exec(python)?.[1]);
  return abi === 'abi3' ? minor >= least : minor === least;
}

const covers = machines.flatMap(([system, machine, platform]) => {
  const minors = [10, 11, 12, 13, 14].filter((minor) =>
    packages.every(({ wheels }) => [...wheels.keys()].some((wheel) => serves(wheel, minor, platform))),
  );
  return minors.length === 0 ? [] : [`# covers: ${system} ${machine} ${minors.map((minor) => `3.${minor}`).join(' ')}`];
});

const head = [
  '# What the backend torch is installed from: exact versions, each with the sha256 of its wheels, for pip and uv.',
  '# Made by .ci/lock-torch.mjs; pyproject.toml beside it says which versions would do.',
  ...covers,
];
const body = packages.map(({ name, version, wheels }) => {
  const sorted = [...wheels].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = sorted.map(([file]) => `# ${file}\n`).join('');
  return `${names}${name}==${version}${sorted.map(([, digest]) => ` \\\n    --hash=sha256:${digest}`).join('')}`;
});
writeFileSync(lock, `${head.join('\n')}\n\n${body.join('\n')}\n`);
const without = packages.filter(({ wheels }) => wheels.size === 0).map(({ name }) => name);
console.log([...covers, ...(without.length > 0 ? [`without a wheel: ${without.join(', ')}`] : [])].join('\n'));
