/** Items as codes (coded-rows.ts): they are most of the rows. */
import type { NumberColumns, WordCodes } from './coded-rows.ts';
import type { ItemColumns, WordColumn } from './item-columns.ts';

export const insertItems = `
INSERT INTO items
  SELECT
    s.word, k.word, i.word, g.word, c.candidate, c.reward, CASE WHEN c.is_correct >= 0 THEN c.is_correct = 1 END,
    c.tokens, a.word, b.word, o.word
  FROM item_codes c
  LEFT JOIN words s ON s.code = c.stage
  LEFT JOIN words k ON k.code = c.kind
  LEFT JOIN words i ON i.code = c.item
  LEFT JOIN words g ON g.code = c.item_group
  LEFT JOIN words a ON a.code = c.answer
  LEFT JOIN words b ON b.code = c.subset
  LEFT JOIN words o ON o.code = c.source`;

/** @param to Rows of `item_codes`. */
export function addItems(to: NumberColumns, words: WordCodes, stageId: string, items: ItemColumns): void {
  const stage = words.codeOf(stageId);
  const recoded = (column: WordColumn): Int32Array => recode(words, column);
  // In the order of the columns of `item_codes`.
  const columns = [
    recoded(items.set),
    recoded(items.itemId),
    recoded(items.group),
    items.candidate,
    items.reward,
    items.isCorrect.map(correctness),
    items.tokens,
    recoded(items.answer),
    recoded(items.subset),
    recoded(items.source),
  ];
  for (let row = 0; row < items.rows; row++) to.add([stage, ...columns.map((column) => column[row] as number)]);
}

/** Codes of one stage as codes of all stages. -1 stays -1, for which there is no word. */
function recode(all: WordCodes, { words, codes }: WordColumn): Int32Array {
  const whole = words.map((word) => all.codeOf(word));
  return codes.map((code) => whole[code] ?? -1);
}

const correctness = (isCorrect: boolean | null): number => (isCorrect === null ? -1 : Number(isCorrect));
