import { describe, expect, it } from 'vitest';
import { buildReport } from '../../harness/report/index.ts';
import { latexText } from '../../harness/report/latex-text.ts';
import { latexOf } from '../../harness/report/latex.ts';
import type { Table } from '../../harness/report/report-types.ts';
import { latexFaults } from './latex-faults.ts';
import { input, lose, sweep } from './sweep-fixture.ts';

const table = (given: Partial<Table>): Table => ({
  name: 'accuracy-a-b',
  title: 'Accuracy',
  task: null,
  isFolded: false,
  columns: ['arm', '128'],
  rows: [['none', '50.0']],
  note: 'In percent.',
  ...given,
});
const latex = (given: Partial<Table>): string => latexOf({ experiment: 'tiny', tables: [table(given)] });

describe('text in LaTeX', () => {
  it.each([
    ['50 % of a_b & c#1 cost $2', String.raw`50 \% of a\_b \& c\#1 cost \$2`],
    ['{x}\\y ~ 2^n', String.raw`\{x\}\textbackslash{}y \textasciitilde{} 2\textasciicircum{}n`],
    ['p < 0.05 | x > 1', String.raw`p \textless{} 0.05 \textbar{} x \textgreater{} 1`],
    ['\u22120.3 +/- 0.1, >= 2 and \u2264 3', String.raw`$-$0.3 $\pm$ 0.1, $\geq$ 2 and $\leq$ 3`],
    ['\u2190 worse | better \u2192', String.raw`$\leftarrow$ worse \textbar{} better $\rightarrow$`],
    ['1\u20132 \u00b7 "all sizes"', "1--2 \\textperiodcentered{} ``all sizes''"],
    ['--publish', '-{}-publish'],
    ['a\n\n b', 'a b'],
    ['\u001b[31m', String.raw`\textbackslash{}x1b[31m`],
    ['na\u00efve', 'na\u00efve'],
  ])('%j', (text, expected) => expect(latexText(text)).toBe(expected));
});

describe('results.tex', () => {
  it('is the committed one, and is LaTeX', async () => {
    const { trials } = sweep({ models: ['qwen2-tiny', 'gpt2-tiny'], samples: [128, 512], budgets: [2048, 8192] });
    const report = buildReport(input({ trials: lose(trials, [[3, 'diverged']]) }));
    const written = latexOf(report);
    expect(latexFaults(written)).toEqual([]);
    expect(written.match(/\\label\{tab:/g)).toHaveLength(report.tables.length);
    await expect(written).toMatchFileSnapshot('golden/results.tex');
  });

  it('is LaTeX whatever the data says', () => {
    const nasty = '\\end{table} $&#_{}^~% [x] * "q" `b`\n\n\u001b \u2264 \u2013 -- ,, <<';
    const written = latex({ name: nasty, title: nasty, columns: [nasty, nasty], rows: [[nasty, '']], note: nasty });
    expect(latexFaults(written)).toEqual([]);
    expect(written.match(/\\end\{table\}/g)).toHaveLength(1);
  });

  it('has no row that begins with an option of the row before', () => {
    expect(
      latex({
        rows: [
          ['[3.1, 4.0]', '1'],
          ['*', '2'],
        ],
      }),
    ).toContain('{[}3.1, 4.0] & 1 \\\\\n{*} & 2 \\\\\n');
  });

  it('has columns of its text where it is narrow, and of a share of the line where it is wide', () => {
    expect(latex({})).toContain(String.raw`\begin{tabular}{lr}`);
    const wide = latex({ rows: [['word '.repeat(30), '1']] });
    const shares = [...wide.matchAll(/\\dimexpr ([\d.]+)\\linewidth/g)].map(([, share]) => Number(share));
    expect(shares).toHaveLength(2);
    expect(shares[0]! + shares[1]!).toBeLessThanOrEqual(1);
    expect(shares[0]).toBeGreaterThan(shares[1]!);
  });

  it('lies on a page that is turned where its words do not fit beside each other', () => {
    const columns = Array.from({ length: 13 }, (_, i) => `column${i}`);
    const turned = latex({ columns, rows: [columns] });
    expect(latexFaults(turned)).toEqual([]);
    expect(turned).toMatch(/\\begin\{landscape\}\n\\begin\{table\}[^]*\\end\{table\}\n\\end\{landscape\}/);
    expect(latex({})).not.toContain('landscape');
  });

  it('has its head on every page of a long table', () => {
    const long = latex({ rows: Array.from({ length: 31 }, (_, i) => [`row ${i}`, '1']) });
    expect(latexFaults(long)).toEqual([]);
    expect(long).toContain(String.raw`\begin{longtable}{lr}`);
    expect(long.match(/arm & 128/g)).toHaveLength(2);
    expect(long).toContain(String.raw`\endfirsthead`);
    expect(long).not.toContain(String.raw`\begin{table}`);
  });

  it('is what the checker is for: it finds what pdfTeX would stop at', () => {
    const faults = (body: string): number => latexFaults(body).length;
    expect(faults('50 % of it')).toBe(1);
    expect(faults('a_b')).toBe(1);
    expect(faults('{a')).toBe(1);
    expect(faults('$x')).toBe(1);
    expect(faults('\\begin{table}\n\\end{tabular}')).toBeGreaterThan(0);
    expect(faults('\\begin{tabular}{lr}\na & b & c \\\\\n\\end{tabular}')).toBe(1);
    expect(faults('x \u2264 2')).toBe(1);
    expect(faults('\\unknown{x}')).toBe(1);
  });
});
