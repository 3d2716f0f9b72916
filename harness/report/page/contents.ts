/** The list of contents: a link to each section, and to each figure in it. */
import { escape } from './escape.ts';

export interface ContentsEntry {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly { readonly id: string; readonly title: string }[];
}

export function contentsBlock(entries: readonly ContentsEntry[]): string {
  const link = ({ id, title }: Pick<ContentsEntry, 'id' | 'title'>): string =>
    `<a href="#${escape(id)}">${escape(title)}</a>`;
  const items = entries.map((entry) => {
    const parts = entry.parts.map((part) => `<li>${link(part)}</li>`).join('');
    return `<li>${link(entry)}${parts === '' ? '' : `<ul>${parts}</ul>`}</li>`;
  });
  return `<nav class="contents" aria-labelledby="contents"><h2 id="contents">Contents</h2>
<ol>${items.join('\n')}</ol></nav>`;
}
