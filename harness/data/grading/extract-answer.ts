/** The final answer as a worked response states it: the text of the answer alone, in whatever notation it has. */

/**
 * Statements that are meant as the final one: where a response has several, the last of them counts. `\boxed` and
 * `####` are the notations of MATH and GSM8K, `A:` at the end that of GSM8K's example solutions, the sentence that of
 * Minerva's prompt (arXiv 2206.14858).
 */
const finalStatements: readonly RegExp[] = [
  /^\s*####\s*(.+)$/gm,
  /final answer is:?\s*(.+?)\s*I hope it is correct/gi,
  /final answer is:?\s*((?:\$|\\\(|-?\d).*)$/gim,
  /^A:\s*(.+)$(?![^]*\S)/gm,
];

/** Believed where there is no other statement: the words may stand in any sentence. */
const looseStatement = /\banswer(?: is|:):?\s*(.+?)\s*$/gim;

/** null where the response states none. `\boxed{18}$ dollars` -> `18`; two boxes in one sentence give `2, 3`. */
export function extractAnswer(response: string): string | null {
  const stated = [...finalStatements.flatMap((pattern) => lastOf(response, pattern)), ...boxedAnswers(response)];
  const last = stated.toSorted((a, b) => a.at - b.at).at(-1);
  return last?.text ?? lastOf(response, looseStatement)[0]?.text ?? outputOf(response) ?? lastLine(response);
}

interface Stated {
  readonly at: number;
  readonly text: string;
}

function lastOf(response: string, pattern: RegExp): readonly Stated[] {
  const found = [...response.matchAll(pattern)].flatMap(({ 1: text = '', index }) => {
    const answer = withoutSentence(text);
    return answer === '' || answer.includes('\\boxed') ? [] : [{ at: index, text: answer }];
  });
  return found.slice(-1);
}

/** The boxes of the last sentence that has any: a list where they are joined by a comma, `and` or `or`. */
function boxedAnswers(response: string): readonly Stated[] {
  const closings = closingBraces(response);
  const boxes = [...response.matchAll(/\\f?boxed\s*/g)].flatMap(({ 0: { length }, index }) => {
    const box = groupAt(response, index + length, closings);
    return box === null || box.text.trim() === '' ? [] : [{ ...box, at: index }];
  });
  const joined = boxes.slice(-1);
  for (const box of boxes.slice(0, -1).toReversed()) {
    const [next] = joined;
    if (next === undefined || !/^[\s$\\()]*(?:,|and|or|,\s*and)[\s$\\()]*$/.test(response.slice(box.end, next.at)))
      break;
    joined.unshift(box);
  }
  const [first] = joined;
  return first === undefined ? [] : [{ at: first.at, text: joined.map(({ text }) => text.trim()).join(', ') }];
}

/** What stands in the braces that open at a place, with braces inside; a number or letter without braces. */
function groupAt(
  text: string,
  start: number,
  closings: ReadonlyMap<number, number>,
): { readonly text: string; readonly end: number } | null {
  const close = closings.get(start);
  if (close !== undefined) return { text: text.slice(start + 1, close), end: close + 1 };
  const single = /^(?:\d+|[A-Za-z])/.exec(text.slice(start, start + 20))?.[0];
  return single === undefined ? null : { text: single, end: start + single.length };
}

/** Where each brace closes, by where it opens; one pass, because a response may repeat `\boxed{` to its end. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '{') open.push(at);
    else if (text[at] === '}') {
      const start = open.pop();
      if (start !== undefined) closings.set(start, at);
    }
  }
  return closings;
}

/** The line that a program printed last; what it says about an error is no answer. */
function outputOf(response: string): string | null {
  const output = [...response.matchAll(/```output\s*\n([^]*?)(?:```|$(?![^]))/g)].at(-1)?.[1] ?? '';
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' || /\w(?:Error|Exception)\b|[<>`]|\.\.\./.test(line) ? null : line;
}

/**
 * Of a last line that states nothing: its last formula, else its last number. A line without a full stop was cut off,
 * and says nothing.
 */
function lastLine(response: string): string | null {
  const line = response.trim().split('\n').at(-1) ?? '';
  if (!/[.!)$]$/.test(line)) return null;
  const formula = formulasIn(line).at(-1);
  // A variable or a name is what the line speaks of, and no answer.
  if (formula !== undefined && !/[\d=]/.test(formula)) return null;
  if (formula !== undefined) return formula.slice(formula.lastIndexOf('=') + 1).trim() || null;
  return [...line.matchAll(/-?\$?\d[\d,]*(?:\.\d+)?(?:\/\d+)?%?/g)].at(-1)?.[0] ?? null;
}

/** Without the full stop and the words around a formula: `the $11$ apples.` -> `11`. */
function withoutSentence(text: string): string {
  const sentence = text.replace(/\.\s+[A-Z][^]*$/, '').trim();
  const [only, ...more] = formulasIn(sentence);
  if (only !== undefined && more.length === 0) return only;
  return sentence.replace(/[.,;:]+$/, '').trim();
}

/** What stands between dollar signs or `\(` and `\)`; between two amounts of money stand words or a sign. */
function formulasIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<!\\)\$((?:[^$\\]|\\.)+)\$|\\\((.+?)\\\)/g)]
    .map(({ 1: dollars, 2: brackets }) => (dollars ?? brackets ?? '').trim())
    .filter((formula) => formula !== '' && !/[A-Za-z]{2,}\s+[A-Za-z]{2,}|[-+*/=]$/.test(withoutTexts(formula)));
}

const withoutTexts = (formula: string): string => formula.replaceAll(/\\text\w*\{[^{}]*\}|\\[A-Za-z]+/g, '');
