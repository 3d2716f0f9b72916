/**
 * What is known of responses before anybody scores them: which are right, what belongs together, how long they are.
 * From a task, or from a file of scores that says it itself.
 */
import { encodeRendered, encodeResponse, isWithinSource, type Tokenizer } from '../data/index.ts';
import type { CandidateQuestion, EncodedPair, EncodedQuestion, PreferencePair } from '../data/preference-pair.ts';
import type { Item } from '../eval/index.ts';

/** What `tokens` of an item counts; null = lengths are not known, and are all 0. */
export type LengthUnit = 'tokens' | 'characters' | null;

export interface LabelledCandidate {
  /** null: nobody could tell. */
  readonly isCorrect: boolean | null;
  readonly length: number;
  readonly answer: string | null;
  readonly source: string | null;
}

/** A pair (chosen, rejected), or a question of a pool with its candidates in their order. */
export interface LabelledItem {
  readonly set: Item['set'];
  readonly id: string;
  readonly group: string;
  readonly subset: string | null;
  /** Of a pair: whether both responses come from one writer. */
  readonly isWithinSource: boolean;
  readonly candidates: readonly LabelledCandidate[];
}

export interface Labels {
  readonly items: readonly LabelledItem[];
  readonly lengthUnit: LengthUnit;
}

/** A split as text. */
export interface SplitTexts {
  readonly pairs: readonly PreferencePair[];
  readonly questions: readonly CandidateQuestion[];
}

/** The same pairs and questions as token ids, by the tokenizer that lengths are counted with. */
export interface SplitTokens {
  readonly pairs: readonly EncodedPair[];
  readonly questions: readonly EncodedQuestion[];
}

/** @param tokens null = lengths are counted in characters. */
export function taskLabels({ pairs, questions }: SplitTexts, tokens: SplitTokens | null): Labels {
  const pairTokens = new Map(tokens?.pairs.map((pair) => [pair.id, pair]));
  const poolTokens = new Map(tokens?.questions.map((question) => [question.id, question]));
  return {
    items: [
      ...pairs.map((pair) => labelledPair(pair, pairTokens.get(pair.id))),
      ...questions.map((question) => labelledQuestion(question, poolTokens.get(question.id))),
    ],
    lengthUnit: tokens === null ? 'characters' : 'tokens',
  };
}

function labelledPair(pair: PreferencePair, tokens: EncodedPair | undefined): LabelledItem {
  const writers = pair.source.split(' vs ');
  const sides = (['chosen', 'rejected'] as const).map((side, index) => ({
    isCorrect: side === 'chosen',
    length: tokens?.[side].length ?? pair[side].length,
    answer: null,
    source: (writers.length === 2 ? writers[index] : null) ?? null,
  }));
  return { set: 'pairs', ...placeOf(pair), isWithinSource: isWithinSource(pair), candidates: sides };
}

function labelledQuestion(question: CandidateQuestion, tokens: EncodedQuestion | undefined): LabelledItem {
  const candidates = question.candidates.map(({ text, isCorrect, answer, source }, index) => ({
    isCorrect,
    length: tokens?.candidates[index]?.length ?? text.length,
    answer,
    source,
  }));
  return { set: 'pool', ...placeOf(question), isWithinSource: false, candidates };
}

function placeOf({
  id,
  group,
  subset,
}: PreferencePair | CandidateQuestion): Pick<LabelledItem, 'id' | 'group' | 'subset'> {
  return { id, group, subset: subset ?? null };
}

/** The same with lengths as a model's own tokenizer counts them; those it did not encode keep theirs. */
export function withTokenLengths(
  { items }: Labels,
  lengthsOf: (item: LabelledItem) => readonly number[] | undefined,
): Labels {
  const counted = items.map((item) => {
    const lengths = lengthsOf(item);
    if (lengths === undefined) return item;
    const candidates = item.candidates.map((one, index) => ({ ...one, length: lengths[index] ?? one.length }));
    return { ...item, candidates };
  });
  return { items: counted, lengthUnit: 'tokens' };
}

/** The same with lengths by a tokenizer. Nothing is too long to be counted. */
export function tokenLengths(labels: Labels, { pairs, questions }: SplitTexts, tokenizer: Tokenizer): Labels {
  const lengthsIn = (prompt: string, responses: readonly string[], isRendered = false): readonly number[] => {
    const encoded = isRendered
      ? encodeRendered(prompt, responses, tokenizer).responses
      : responses.map((response) => encodeResponse(response, tokenizer));
    return encoded.map(({ length }) => length);
  };
  const ofPairs = new Map(pairs.map((pair) => [pair.id, pair]));
  const ofQuestions = new Map(questions.map((question) => [question.id, question]));
  return withTokenLengths(labels, ({ set, id }) => {
    const pair = set === 'pairs' ? ofPairs.get(id) : undefined;
    if (pair !== undefined) return lengthsIn(pair.prompt, [pair.chosen, pair.rejected], pair.isRendered);
    const question = ofQuestions.get(id);
    const texts = question?.candidates.map(({ text }) => text) ?? [];
    return question && lengthsIn(question.prompt, texts, question.isRendered);
  });
}
