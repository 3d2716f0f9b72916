// After a change of package.json: `npm install --package-lock-only --ignore-scripts --legacy-peer-deps && node pin.mjs`.
// Keeps the named packages in the lockfile and takes out what they depend on: only their own source is read, and nothing of it is run.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const root = lock.packages[''];
const packages = { '': root };
for (const name of Object.keys(root.dependencies).sort()) {
  const { version, integrity, license } = lock.packages[`node_modules/${name}`];
  packages[`node_modules/${name}`] = { version, integrity, license };
}
writeFileSync(path, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
