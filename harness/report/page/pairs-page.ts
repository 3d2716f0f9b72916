/** A page of pairs alone. */
import type { PairDiff } from '../pair-diff.ts';
import { escape } from './escape.ts';
import { htmlPage } from './html-page.ts';
import { pairBlocks, pairKey, pairStyle } from './pair-block.ts';

export function pairsPage(title: string, pairs: readonly PairDiff[]): string {
  const body = `<header><p class="kicker">preference pairs</p><h1>${escape(title)}</h1></header>
<main>
${pairKey}
${pairBlocks(pairs)}
</main>`;
  return htmlPage({ title, style: pairStyle, body, script: '' });
}
