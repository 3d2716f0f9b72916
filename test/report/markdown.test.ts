import { describe, expect, it } from 'vitest';
import { markdownOf } from '../../harness/report/markdown.ts';
import type { Report } from '../../harness/report/report-types.ts';

const html =
  '<script>alert(1)</script> <img src=x onerror=y> <!-- --> [a](javascript:b) ![](http://track.example/x) \u001b]0;x\u0007';

function reportWith(text: string): string {
  return markdownOf({
    experiment: 'tiny',
    title: text,
    question: text,
    counts: { trials: 1, completed: 0, diverged: 0, failed: 1, blocked: 0, pending: 0, inconclusive: 0 },
    statements: [{ tone: 'warning', text }],
    figures: [{ name: 'curve', title: text, caption: text }],
    tables: [{ name: 'table', title: text, columns: [text], rows: [[text], ['p < 0.05 | a']], note: text }],
    shownPairs: [
      {
        name: text,
        pairs: [
          {
            id: `a\`\`\n${text}`,
            about: [text],
            edits: [text],
            prompt: text,
            chosen: text,
            rejected: text,
            parts: null,
          },
        ],
      },
    ],
    leftOut: [{ trialId: 'aa', where: text, outcome: 'failed', cause: text }],
    footer: [{ label: 'commit', text }],
  } as unknown as Omit<Report, 'markdown'>);
}

/** The text without its code, where HTML is shown and not obeyed. */
const outsideOfCode = (markdown: string): string =>
  markdown.replaceAll(/^(`{3,})\n[^]*?\n\1$/gm, '').replaceAll(/`[^`\n]*`/g, '');

describe('results.md', () => {
  const markdown = reportWith(html);

  it('has no HTML, link or picture that comes from data', () => {
    const own = /<\/?(details|summary)>|!\[[^\n]*\]\(figures\/curve\.png\)/g;
    const rest = outsideOfCode(markdown).replaceAll(own, '');
    expect(rest.match(/(?<!\\)<(?=[a-z/!?])/gi)).toBeNull();
    expect(rest).not.toContain('](');
    expect(rest).toContain(String.raw`\<script>`);
    expect(rest).toContain(String.raw`[a]\(javascript:b)`);
  });

  it('moves no terminal', () => {
    expect(markdown).not.toMatch(/[^\P{Cc}\n]/u);
    expect(markdown).toContain('\\x1b]0;x\\x07');
  });

  it('keeps what is no HTML as it is', () => {
    expect(markdown).toContain('p < 0.05 \\| a');
  });
});
