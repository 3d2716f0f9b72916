/** Pairs on a page: word by word where the sides are alike, side by side where they are not. */
import type { PairDiff } from '../pair-diff.ts';
import { escape } from './escape.ts';

export function pairBlocks(pairs: readonly PairDiff[]): string {
  return pairs.map(pairBlock).join('\n');
}

function pairBlock(pair: PairDiff): string {
  const { id, about, edits, prompt } = pair;
  const changed = edits.length === 0 ? '' : `<p class="changed">${edits.map(escape).join('<br>')}</p>`;
  return `<article class="pair"><p class="pair-id"><code>${escape(id)}</code> <span>${about.map(escape).join(' \u00b7 ')}</span></p>
<pre class="prompt" aria-label="prompt">${escape(prompt.trimEnd())}</pre>
${changed}${sidesOf(pair)}</article>`;
}

function sidesOf({ parts, chosen, rejected }: PairDiff): string {
  if (parts === null)
    return `<div class="sides"><div><p class="side">chosen</p><pre class="chosen">${escape(chosen.trimEnd())}</pre></div>
<div><p class="side">rejected</p><pre class="rejected">${escape(rejected.trimEnd())}</pre></div></div>`;
  const text = parts.map(({ kind, text: part }) => (kind === 'same' ? escape(part) : mark(kind, part))).join('');
  return `<pre class="diff" aria-label="rejected against chosen">${text}</pre>`;
}

function mark(kind: 'first' | 'second', text: string): string {
  const tag = kind === 'first' ? 'del' : 'ins';
  return `<${tag}>${escape(text)}</${tag}>`;
}

export const pairStyle = `
.pair{margin:1.2rem 0;padding:.8rem .9rem;border:1px solid var(--line);border-radius:6px}
.pair p{margin:0 0 .4rem}
.pair-id{font-size:.84rem;color:var(--soft);overflow-wrap:anywhere}
.pair-id code{color:var(--text);font-weight:600}
.changed{font-size:.88rem;font-weight:600}
.pair pre{margin:.3rem 0;padding:.6rem .7rem;background:var(--wash);border-radius:4px;font-size:.82rem;line-height:1.45;
 white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
.pair .prompt{background:none;border-left:3px solid var(--line);border-radius:0;color:var(--soft)}
.pair del,.pair-key del{background:#ffd7d5;color:#82071e;text-decoration:line-through}
.pair ins,.pair-key ins{background:#d2f4dc;color:#054d23;text-decoration:none;font-weight:600}
@media (prefers-color-scheme:dark){.pair del,.pair-key del{background:#5a1e1c;color:#ffc9c4}.pair ins,.pair-key ins{background:#113f22;color:#b4f1c4}}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.2rem .9rem}
.side{font-size:.8rem;color:var(--soft);font-weight:600}
.sides .chosen{border-left:3px solid var(--good)}.sides .rejected{border-left:3px solid var(--bad)}
.pair-key{font-size:.88rem;color:var(--soft)}
`;

/** What the colours mean. */
export const pairKey =
  '<p class="pair-key"><ins>only in chosen</ins> <del>only in rejected</del>; sides with little in common stand ' +
  'beside each other. Sampled by seed, not picked.</p>';
