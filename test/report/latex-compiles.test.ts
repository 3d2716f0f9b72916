/** What a paper reads in is what LaTeX takes. Debian: texlive-latex-recommended. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const isThere = spawnSync('pdflatex', ['--version']).status === 0;
if (!isThere) console.log('skipped: results.tex through LaTeX (pdflatex is not installed)');

test.skipIf(!isThere).each(['test/report/golden/results.tex', 'reports/scale/results.tex'])(
  '%s: without an error, and no line is too long',
  (file) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'harness-latex-'));
    try {
      const tables = readFileSync(path.resolve(import.meta.dirname, '../..', file), 'utf8');
      const packages = '\\usepackage[margin=2cm]{geometry}\\usepackage{array,booktabs,longtable,pdflscape}';
      const head = `\\documentclass{article}\\usepackage[T1]{fontenc}${packages}`;
      const text = `${head}\\begin{document}${tables}\\end{document}`;
      writeFileSync(path.join(folder, 'main.tex'), text);
      const argv = ['-interaction=nonstopmode', '-halt-on-error', 'main.tex'];
      const { status, stdout } = spawnSync('pdflatex', argv, { cwd: folder, encoding: 'utf8' });
      expect([status, stdout.match(/^!.*|^Overfull.*/gm)]).toEqual([0, null]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
