import { beforeAll, describe, expect, it } from 'vitest';
import { buildReport, renderFiles, type Report } from '../../harness/report/index.ts';
import { sizedChart } from '../../harness/report/figures/sized-chart.ts';
import { readSvg, type SvgElement } from '../../harness/report/pdf/read-svg.ts';
import { input, sweep } from './sweep-fixture.ts';

const models = ['qwen2-tiny', 'gpt2-tiny'];
const trials = sweep({ models, samples: [128, 512], budgets: [2048, 8192] }).trials;
let report: Report;
beforeAll(() => {
  report = buildReport(input({ trials }));
});

function textsOf(svg: string): readonly SvgElement[] {
  const found = (element: SvgElement): readonly SvgElement[] =>
    element.tag === 'text'
      ? [element]
      : element.children.flatMap((child) => (typeof child === 'string' ? [] : found(child)));
  return found(readSvg(svg));
}

const wordsOf = (element: SvgElement): string =>
  element.children.map((child) => (typeof child === 'string' ? child : wordsOf(child))).join(' ');

const sizesOf = (svg: string): readonly number[] => [
  ...new Set(textsOf(svg).map(({ attributes }) => Number.parseFloat(attributes['font-size'] ?? ''))),
];

describe.each([
  ['one-column', 85, 1004],
  ['two-columns', 178, 2102],
] as const)('figures in %s', (size, millimetres, dots) => {
  let files: ReadonlyMap<string, string | Buffer>;
  beforeAll(async () => {
    files = await renderFiles(report, size);
  });
  const svg = (name: string): string => String(files.get(`figures/${name}.svg`));

  it('are as wide as a paper has it, in every format', () => {
    for (const { name } of report.figures) {
      expect(svg(name), name).toMatch(new RegExp(`^<svg [^>]*width="${millimetres}(?:\\.0\\d?)?mm"`));
      const png = files.get(`figures/${name}.png`) as Buffer;
      expect(png.readUInt32BE(16), name).toBe(dots);
      expect(png.indexOf('pHYs'), name).toBe(37);
      expect(png.readUInt32BE(41), name).toBe(11_811); // 300 dots an inch, in a metre
      const page = /\/MediaBox \[0 0 ([\d.]+)/.exec(String(files.get(`figures/${name}.pdf`)))?.[1];
      expect(Number(page), name).toBeCloseTo((72 * millimetres) / 25.4, 1);
    }
  });

  it('have text of 8 pt, and no title', () => {
    for (const { name, title } of report.figures) {
      expect(sizesOf(svg(name)), name).toEqual([8]);
      expect(textsOf(svg(name)).map(wordsOf), name).not.toContain(title);
    }
  });

  it('have their whole legend inside', () => {
    for (const { name, legend } of report.figures) {
      const texts = textsOf(svg(name)).map(wordsOf);
      for (const { label } of legend.flatMap(({ entries }) => entries)) expect(texts, name).toContain(label);
    }
  });

  it('leave the page as it is', async () => {
    expect(files.get('index.html')).toBe((await renderFiles(report)).get('index.html'));
  });
});

describe('figures of the page', () => {
  it('have no text below 11 px', async () => {
    const files = await renderFiles(report);
    for (const { name } of report.figures)
      expect(Math.min(...sizesOf(String(files.get(`figures/${name}.svg`))))).toBe(11);
  });

  it('show the dashes of their lines in the legend', async () => {
    const svg = String((await renderFiles(report)).get('figures/rm-accuracy-by-samples.svg'));
    const legend = svg.slice(svg.indexOf('role-legend-symbol'));
    const symbols = [...legend.matchAll(/role-legend-symbol.*?<path[^>]* d="([^"]*)" fill="([^"]*)"/g)];
    const pieces = symbols.map(([, path = '']) => path.split('M').length - 2);
    // solid; 5 pixels and gaps of 3; dots; 8 and 3; solid
    expect(symbols).toHaveLength(5);
    expect([pieces[0], pieces[4]]).toEqual([1, 1]);
    expect(Math.min(...pieces.slice(1, 4))).toBeGreaterThan(1);
    for (const [, , fill] of symbols) expect(fill).toMatch(/^#/);
  });
});

it('a figure that is made of several charts has no size of a paper', async () => {
  const chart = { data: { values: [{ a: 1 }] }, mark: 'point', encoding: { x: { field: 'a', type: 'quantitative' } } };
  const figure = {
    id: 'two',
    scope: 'experiment',
    draw: () => ({ title: 'Two', caption: '', alt: '', spec: { hconcat: [chart, chart] } }),
  } as const;
  const own = buildReport(input({ trials, figures: [{ ...figure, source: 'own.mjs' }] }));
  await expect(renderFiles(own, 'one-column')).rejects.toMatchObject({
    name: 'UserError',
    message: 'figure two: it is made of several charts, whose widths are its own',
    hint: expect.stringContaining('facets') as string,
  });
  await expect(renderFiles(own)).resolves.toBeDefined();
});

describe('names of panels', () => {
  const columnsWith = async (names: readonly string[]): Promise<unknown> => {
    const values = names.map((panel, x) => ({ panel, x, y: x }));
    const spec = {
      data: { values },
      facet: { field: 'panel', type: 'nominal', sort: names, header: { title: null } },
      spec: { height: 100, mark: 'point', encoding: { x: { field: 'x', type: 'quantitative' } } },
    };
    return (await sizedChart(spec, names.length, 'two-columns')).spec['columns'];
  };

  it('that are long have two panels a row instead of three', async () => {
    const against = ['against base LM alone', 'against no pretraining', 'against PMP on text'];
    expect(await columnsWith(against)).toBe(3);
    expect(await columnsWith(against.map((name) => `source = edits, training = three-times: ${name}`))).toBe(2);
  });
});
