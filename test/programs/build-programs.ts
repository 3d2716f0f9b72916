/**
 * Before tests of the built program: the programs that they start, as JavaScript, which Node loads in a third of the
 * time. `test/built/` lies beside the built program as `test/` does beside the sources.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { builtFolder } from './test-program.ts';

export default function buildPrograms(): void {
  const root = path.resolve(import.meta.dirname, '../..');
  rmSync(builtFolder, { recursive: true, force: true });
  mkdirSync(builtFolder);
  symlinkSync(path.join(root, 'dist'), path.join(builtFolder, 'harness'));
  const project = path.join(import.meta.dirname, 'tsconfig.json');
  execFileSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', project], { stdio: 'inherit' });
}
