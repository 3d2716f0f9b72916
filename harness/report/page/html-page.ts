/** The frame of every page: one file without scripts or requests, in light and dark. */
import { escape } from './escape.ts';
import { pageStyle } from './page-style.ts';

/** @param content.style Beside that of all pages. `body` is HTML. */
export function htmlPage(content: { readonly title: string; readonly style: string; readonly body: string }): string {
  const { title, style, body } = content;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${pageStyle}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
