import { expect, test } from 'vitest';
import { buildReport } from '../../harness/report/index.ts';
import { renderSvg } from '../../harness/report/figures/render-chart.ts';
import { readSvg } from '../../harness/report/pdf/read-svg.ts';
import { renderPdf } from '../../harness/report/pdf/render-pdf.ts';
import { input, sweep } from './sweep-fixture.ts';

const options = { title: 'A chart', points: 0.75 };
const svgOf = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100">${content}</svg>`;
const pdfOf = async (content: string): Promise<string> => (await renderPdf(svgOf(content), options)).toString('latin1');
/** What is drawn, without the base that turns the page over. */
const drawn = async (content: string): Promise<string> =>
  /stream\n([^]*?)\nendstream/.exec(await pdfOf(content))?.[1] ?? '';

/** The texts of a PDF in the order of drawing, as a reader would copy them. */
function textsOf(pdf: string): readonly string[] {
  const objectAt = (id = ''): string => new RegExp(`\\n${id} 0 obj\\n([^]*?)\\nendobj`).exec(pdf)?.[1] ?? '';
  const signsOf = (font: string): readonly string[] => {
    const id = new RegExp(`/${font} (\\d+) 0 R`).exec(pdf)?.[1];
    const list = objectAt(/\/ToUnicode (\d+)/.exec(objectAt(id))?.[1]).match(/(?<=\[).*(?=\])/)?.[0] ?? '';
    return (
      list.match(/(?<=<)[^>]+/g)?.map((code) =>
        code
          .split(' ')
          .map((one) => String.fromCharCode(Number.parseInt(one, 16)))
          .join(''),
      ) ?? []
    );
  };
  return [...pdf.matchAll(/\/(F\d+) [\d.]+ Tf\n\[(.*)\] TJ/g)].map(([, font = '', shown = '']) => {
    const codes = shown.match(/[\da-f]{4}(?=[\da-f]*>)/g) ?? [];
    const signs = signsOf(font);
    return codes.map((code) => signs[Number.parseInt(code, 16)]).join('');
  });
}

test('the text of a chart is text in its PDF, in the fonts that are shipped', async () => {
  const report = buildReport(input({ trials: sweep({ samples: [128, 512], budgets: [2048, 8192] }).trials }));
  const figure = report.figures.find(({ name }) => name === 'rm-accuracy-by-samples');
  if (figure === undefined) throw new Error('no figure');
  const pdf = (await renderPdf(await renderSvg(figure.spec), options)).toString('latin1');
  const texts = textsOf(pdf);
  for (const text of [
    'finetuning samples (pairs, log scale)',
    'pairwise accuracy (test)',
    figure.title,
    'PMP (8,192 pairs)',
  ])
    expect(texts).toContain(text);
  expect(pdf).toContain('DejaVuSans-Bold');
  expect(pdf).toMatch(/\/FontFile2 /);
  expect(pdf).not.toContain('/Subtype /Image');
});

test('equal charts give equal bytes, without the time of day', async () => {
  const first = await pdfOf('<text fill="#000">a</text>');
  expect(first).toBe(await pdfOf('<text fill="#000">a</text>'));
  expect(first).toContain('(D:19700101000000Z)');
});

test('a page is as large as the chart, in points', async () => {
  expect(await pdfOf('')).toContain('/MediaBox [0 0 150 75]');
});

test.each([
  [
    'a line with its dashes',
    '<line x2="10" y2="5" stroke="#ff0000" stroke-dasharray="4,2"/>',
    /1 0 0 SCN[^]*\[4 2\] 0 d\n?[^]*0 0 m\n10 5 l\nS/,
  ],
  ['a line without gaps', '<line x2="10" y2="5" stroke="red" stroke-dasharray="1,0"/>', /^(?!.*\] 0 d)[^]*10 5 l/],
  ['a shape that is filled', '<path d="M0,0L3,0L3,3Z" fill="rgb(0, 255, 0)"/>', /0 1 0 scn[^]*3 3 l\nh\nf\n/],
  ['a place', '<g transform="translate(3,4)"><path d="M0,0h1" stroke="#000"/></g>', /1 0 0 1 3 4 cm[^]*1 0 l/],
  [
    'nothing, where nothing is painted',
    '<path d="M0,0h7"/><path d="M0,0h7" fill="none" display="none"/>',
    /^(?![^]* l\n)/,
  ],
  [
    'a part, where it is clipped',
    '<g clip-path="url(#c)"><path d="M0,0h1" stroke="#000"/></g><defs><clipPath id="c"><rect width="5" height="6"/></clipPath></defs>',
    /0 0 5 6 re\nW n/,
  ],
])('%s', async (_, content, expected) => {
  expect(await drawn(content)).toMatch(expected);
});

test('opacities of groups and marks are multiplied', async () => {
  expect(await pdfOf('<g opacity="0.5"><path d="M0,0h1v1Z" fill="#000" fill-opacity="0.5"/></g>')).toContain(
    '/ca 0.25',
  );
});

test('text stands as it is anchored, a line below another', async () => {
  const lines =
    '<text fill="#000" text-anchor="end" font-size="10px"><tspan>ab</tspan><tspan x="0" dy="12">a</tspan></text>';
  const places = [...(await drawn(lines)).matchAll(/1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm/g)].map(
    ([, x, y]) => [Number(x), Number(y)] as const,
  );
  expect(places).toHaveLength(2);
  expect(places[0]?.[0]).toBeLessThan(places[1]?.[0] ?? 0);
  expect((places[0]?.[1] ?? 0) - (places[1]?.[1] ?? 0)).toBeCloseTo(12, 5);
});

test.each([
  '<path d="M0,0h5v5Z" fill="url(#gradient_0)"/>',
  '<image href="data:,"/>',
  '<path transform="skewX(3)" d="M0,0" fill="#000"/>',
])('a chart with %s is a picture in its PDF', async (content) =>
  expect(await pdfOf(content)).toContain('/Subtype /Image'),
);

test('an SVG that cannot be read is an error', () => {
  expect(readSvg('<svg a="&lt;&#xA;"><text>1 &amp; 2</text></svg>')).toEqual({
    tag: 'svg',
    attributes: { a: '<\n' },
    children: [{ tag: 'text', attributes: {}, children: ['1 & 2'] }],
  });
  for (const text of ['', '<svg>', '<svg></svg></svg>', '<svg a=b></svg>'])
    expect(() => readSvg(text)).toThrow('cannot be read');
});
