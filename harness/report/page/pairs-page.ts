/** A page of pairs alone: one file without scripts or requests. */
import type { PairDiff } from '../pair-diff.ts';
import { escape } from './escape.ts';
import { pageStyle } from './page-style.ts';
import { pairBlocks, pairKey, pairStyle } from './pair-block.ts';

export function pairsPage(title: string, pairs: readonly PairDiff[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${pageStyle}${pairStyle}</style>
</head>
<body>
<header><p class="kicker">preference pairs</p><h1>${escape(title)}</h1></header>
<main>
${pairKey}
${pairBlocks(pairs)}
</main>
</body>
</html>
`;
}
