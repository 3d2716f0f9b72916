/** SVG as Vega writes it -> a tree: elements, attributes in double quotes, text. Nothing else stands in such a file. */

export interface SvgElement {
  readonly tag: string;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
  readonly children: readonly (SvgElement | string)[];
}

const part = /<\/[\w:]+>|<(?<tag>[\w:]+)(?<attributes>(?:\s+[\w:-]+="[^"]*")*)\s*(?<end>\/?)>|(?<text>[^<]+)/gy;

/** @throws Error for a text that is no such SVG. */
export function readSvg(svg: string): SvgElement {
  const root: (SvgElement | string)[] = [];
  const open = [root];
  let end = 0;
  for (const match of svg.matchAll(part)) {
    end = match.index + match[0].length;
    const { tag, attributes = '', end: isEmpty, text } = match.groups ?? {};
    if (text !== undefined) open.at(-1)?.push(unescaped(text));
    else if (tag === undefined) open.pop();
    else {
      const children: (SvgElement | string)[] = [];
      open.at(-1)?.push({ tag, attributes: attributesOf(attributes), children });
      if (isEmpty === '') open.push(children);
    }
  }
  const [first] = root;
  if (end < svg.length || open.length !== 1 || first === undefined || typeof first === 'string')
    throw new Error(`the SVG cannot be read from ${JSON.stringify(svg.slice(end, end + 40))} on`);
  return first;
}

function attributesOf(text: string): SvgElement['attributes'] {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)]),
  );
}

const signs: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|(\w+));/gi, (whole, code?: string, name = '') =>
    code === undefined ? (signs[name as string] ?? whole) : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
