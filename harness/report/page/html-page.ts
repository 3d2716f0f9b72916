/**
 * The frame of every page: one file in light and dark. A browser is told to refuse requests to anywhere but where the
 * page is from (that of a running sweep hears of news there), and `eval`.
 */
import { escape } from './escape.ts';
import { pageStyle } from './page-style.ts';

interface PageContent {
  readonly title: string;
  /** Beside that of all pages. */
  readonly style: string;
  /** HTML. */
  readonly body: string;
  /** What adds to a page that is whole without it; empty: none. */
  readonly script: string;
}

const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function htmlPage({ title, style, body, script }: PageContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${pageStyle}${style}</style>
</head>
<body>
${body}
${script === '' ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}
