// Puts the one file of Compute Engine that the grader `math` loads, with its licence, into dist/vendor, where the built
// program finds it; "npm run build" runs this.
// Why: the package has 46 MB and asks for Node 22, so that npm would warn whoever installs the harness on Node 20. The
// file needs no other and runs there.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'node_modules', '@cortex-js', 'compute-engine');
const target = path.join(root, 'dist', 'vendor', 'compute-engine');

mkdirSync(target, { recursive: true });
copyFileSync(path.join(source, 'dist', 'umd-min', 'compute-engine.cjs'), path.join(target, 'compute-engine.cjs'));
copyFileSync(path.join(source, 'LICENSE'), path.join(target, 'LICENSE'));
