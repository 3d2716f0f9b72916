/**
 * Looks for the questions of an evaluation in the data that a model is trained on. The training data are read once and
 * never held: memory grows with the evaluation, and by 12 bytes with every distinct training text.
 */
import type {
  Contamination,
  EvaluationQuestion,
  Overlap,
  Sameness,
  SourceContamination,
  TrainingSource,
  TrainingText,
} from './contamination.ts';
import { textHash } from './gram-hash.ts';
import { GramTable } from './gram-table.ts';
import { keyOf, mostGroups, QuestionIndex, runLength } from './question-index.ts';
import { normalizedWords } from './words.ts';

export interface ContaminationOptions {
  readonly evaluation: Iterable<EvaluationQuestion>;
  readonly training: readonly TrainingSource[];
  readonly sameness: Sameness;
  /** Ids or groups of either side, or names of sources, whose overlaps are allowed. */
  readonly accept: readonly string[];
}

export async function findContamination(options: ContaminationOptions): Promise<Contamination> {
  const { evaluation, training, sameness, accept } = options;
  const index = new QuestionIndex(evaluation, sameness);
  const sources: SourceContamination[] = [];
  for (const source of training) sources.push(await searched(source, index, { sameness, accept }));
  const used = new Set(sources.flatMap(({ overlaps }) => overlaps.flatMap(({ acceptedBy }) => acceptedBy ?? [])));
  return {
    sameness,
    questions: index.questions.length,
    sources,
    unused: accept.filter((entry) => !used.has(entry)),
  };
}

/** Overlaps that nothing accepts. */
export function unaccepted({ sources }: Contamination): readonly Overlap[] {
  return sources.flatMap(({ overlaps }) => overlaps.filter(({ acceptedBy }) => acceptedBy === null));
}

type Asked = Pick<ContaminationOptions, 'sameness' | 'accept'>;

async function searched(
  { name, rows }: TrainingSource,
  index: QuestionIndex,
  { sameness, accept }: Asked,
): Promise<SourceContamination> {
  const seen = new GramTable();
  const found = new Found(index);
  let read = 0;
  let before: readonly string[] = [];
  for await (const row of rows) {
    read += 1;
    const texts = [row.question, ...row.others];
    if (row.question !== before[0]) found.question(row);
    for (const text of texts) {
      // Rows of one question lie side by side and share their texts.
      if (before.includes(text)) continue;
      const distinct = seen.size;
      const isNew = seen.add(textHash(keyOf(text, sameness))) === distinct;
      if (isNew && sameness === 'words') found.text(text, row);
    }
    before = texts;
  }
  const { overlaps, commonRuns } = found.overlaps(seen.size);
  return {
    name,
    rows: read,
    texts: seen.size,
    commonRuns,
    overlaps: overlaps.map((one) => accepted(one, name, accept)),
  };
}

function accepted(overlap: Overlap, source: string, accept: readonly string[]): Overlap {
  const { questionId, questionGroup, trainingId, trainingGroup } = overlap;
  const names = new Set([source, questionId, questionGroup, trainingId, trainingGroup]);
  return { ...overlap, acceptedBy: accept.find((entry) => names.has(entry)) ?? null };
}

/** A run in more groups of the training data than this share of its texts is common there. */
const commonShare = 0.001;

/** Groups of a source of so many distinct texts that a run may stand in without being common there. */
export function mostGroupsIn(texts: number): number {
  return Math.max(mostGroups, commonShare * texts);
}

interface Hit {
  /** The first row that has the run. */
  readonly row: TrainingText;
  /** Groups that have it. */
  readonly groups: Set<string>;
}

/** What of the evaluation was met in one source. */
class Found {
  readonly #index: QuestionIndex;
  readonly #equal = new Map<number, TrainingText>();
  readonly #runs = new Map<number, Hit>();

  constructor(index: QuestionIndex) {
    this.#index = index;
  }

  question(row: TrainingText): void {
    const question = this.#index.equalTo(row.question);
    if (question !== -1 && !this.#equal.has(question)) this.#equal.set(question, row);
  }

  text(text: string, row: TrainingText): void {
    for (const { run } of this.#index.runsIn(normalizedWords(text))) {
      const hit = this.#runs.get(run);
      if (hit === undefined) this.#runs.set(run, { row, groups: new Set([row.group]) });
      else hit.groups.add(row.group);
    }
  }

  /** `texts`: distinct texts that were read. */
  overlaps(texts: number): Pick<SourceContamination, 'overlaps' | 'commonRuns'> {
    const most = mostGroupsIn(texts);
    const isCommon = (run: number): boolean =>
      this.#index.isBoilerplate(run) || (this.#runs.get(run)?.groups.size ?? 0) > most;
    const overlaps = this.#index.questions.flatMap((question, number) => {
      const equal = this.#equal.get(number);
      const found = equal === undefined ? this.#byWords(question, isCommon) : equalOverlap(question, equal);
      return found === null ? [] : [found];
    });
    return {
      overlaps: overlaps.toSorted((a, b) => b.share - a.share),
      commonRuns: [...this.#runs.keys()].filter(isCommon).length,
    };
  }

  #byWords(question: EvaluationQuestion, isCommon: (run: number) => boolean): Overlap | null {
    const words = normalizedWords(question.question);
    const met = [...this.#index.runsIn(words)].filter(({ run }) => this.#runs.has(run));
    const telling = met.find(({ run }) => !isCommon(run));
    const hit = telling === undefined ? undefined : this.#runs.get(telling.run);
    if (telling === undefined || hit === undefined) return null;
    const shared = words.slice(telling.at, telling.at + runLength).join(' ');
    return {
      kind: '13 words',
      ...placeOf(question, hit.row),
      shared,
      share: met.length / (words.length - runLength + 1),
    };
  }
}

const mostShown = 300;

function equalOverlap(question: EvaluationQuestion, row: TrainingText): Overlap {
  return { kind: 'exact', ...placeOf(question, row), shared: question.question.trim().slice(0, mostShown), share: 1 };
}

function placeOf(
  { set, id, group }: EvaluationQuestion,
  row: TrainingText,
): Omit<Overlap, 'kind' | 'shared' | 'share'> {
  return {
    set,
    questionId: id,
    questionGroup: group,
    trainingId: row.id,
    trainingGroup: row.group,
    acceptedBy: null,
  };
}
