/** One row of a user's file: a prompt and what is preferred over what. */
import { hash } from 'node:crypto';
import { randomStream } from '../../random/index.ts';
import type { ChatTemplate } from '../chat/chat-template.ts';
import type { Candidate, CandidateQuestion, PreferencePair } from '../preference-pair.ts';
import type { RatedCandidate } from './candidates.ts';
import type { Drops } from './drops.ts';
import type { FieldNames } from './fields.ts';

export interface PreferenceOptions {
  readonly fields: FieldNames;
  readonly chat: ChatReading;
  /** Stands between a prompt and its responses. */
  readonly separator: string;
  /** At most so many pairs of one row, drawn with the seed. */
  readonly pairsPerQuestion: number;
  readonly seed: number;
}

/** How conversations become text. */
export interface ChatReading {
  /** Opened at the first conversation; null where there is no template. */
  readonly template: () => ChatTemplate | null;
  /** Whether rows of texts are conversations too. */
  readonly texts: boolean;
}

export interface Preference {
  readonly chosen: string;
  readonly rejected: string;
  readonly source: string;
  readonly margin?: number;
}

export interface Question {
  /** `train-17`: the role of the file and the row, so that it is the same wherever the file lies. */
  readonly id: string;
  readonly row: number;
  readonly prompt: string;
  /** `text`: the separator stands between prompt and response. `chat`: a rendered conversation. */
  readonly form: 'text' | 'dialogue' | 'chat';
  /** What a conversation begins with: others that do may be continuations of it. null = the prompt says it. */
  readonly opening: string | null;
  /** As the row says; null where prompts are the groups. */
  readonly group: string | null;
  /** Section of a benchmark; absent = none. */
  readonly subset?: string;
  readonly preferences: readonly Preference[];
  /** For best-of-N; null where the row has none. */
  readonly candidates: readonly Candidate[] | null;
}

/** The group of a question, by a name of its own. */
export type GroupOf = (question: Question) => string;

/** What is preferred in two lists of responses: each chosen one over each rejected one. */
export function explicitPreferences(
  chosen: readonly string[],
  rejected: readonly string[],
  margin: number | null,
): readonly Preference[] {
  const rest = { source: 'preferences', ...(margin === null ? {} : { margin }) };
  return chosen.flatMap((better) => rejected.map((worse) => ({ chosen: better, rejected: worse, ...rest })));
}

/** Every candidate of a higher value over every one of a lower; by ratings, the difference is the margin. */
export function ratedPreferences(candidates: readonly RatedCandidate[], isRating: boolean): readonly Preference[] {
  return candidates.flatMap((better) =>
    candidates
      .filter((worse) => better.value > worse.value)
      .map((worse) => ({
        chosen: better.text,
        rejected: worse.text,
        source: better.source === null ? 'preferences' : `${better.source} vs ${worse.source}`,
        ...(isRating ? { margin: better.value - worse.value } : {}),
      })),
  );
}

/**
 * Without pairs of equal responses and pairs that were there before, and no more than a row may have.
 *
 * @param seen Keys of the pairs so far.
 */
export function keptPreferences(
  { id, row, prompt, preferences }: Question,
  { pairsPerQuestion, seed }: PreferenceOptions,
  { seen, drops }: { readonly seen: Set<string>; readonly drops: Drops },
): readonly Preference[] {
  const distinct = preferences.filter((preference) => {
    if (preference.chosen === preference.rejected) return (drops.add('pair: chosen equals rejected', row), false);
    const key = hash('sha256', JSON.stringify([prompt, preference.chosen, preference.rejected]), 'base64');
    if (seen.has(key)) return (drops.add('pair: duplicate', row), false);
    seen.add(key);
    return true;
  });
  if (distinct.length <= pairsPerQuestion) return distinct;
  drops.add('pair: beyond the pairs of a question', row, distinct.length - pairsPerQuestion);
  return randomStream(seed, 'preferences', 'pairs', id).shuffled(distinct).slice(0, pairsPerQuestion);
}

/** As pairs of their groups, ready to be encoded. */
export function pairsOf(
  questions: readonly Question[],
  groupOf: GroupOf,
  separator: string,
): readonly PreferencePair[] {
  return questions.flatMap((question) => questionPairs(question, groupOf(question), separator));
}

function questionPairs(question: Question, group: string, separator: string): readonly PreferencePair[] {
  const { id, preferences } = question;
  return preferences.map((preference, index) => ({
    id: preferences.length === 1 ? id : `${id}-${index + 1}`,
    group,
    ...askedBy(question, separator),
    ...preference,
    edits: [],
  }));
}

/** The question of a best-of-N pool; none where the row has no candidates. */
export function poolQuestion(question: Question, group: string, separator: string): readonly CandidateQuestion[] {
  const { id, candidates } = question;
  return candidates === null ? [] : [{ id, group, ...askedBy(question, separator), candidates }];
}

function askedBy(
  { prompt, form, subset }: Question,
  separator: string,
): Pick<CandidateQuestion, 'prompt' | 'isRendered' | 'subset'> {
  const section = subset === undefined ? {} : { subset };
  if (form === 'text') return { prompt: `${prompt}${separator}`, ...section };
  return { prompt, ...(form === 'chat' && { isRendered: true }), ...section };
}
