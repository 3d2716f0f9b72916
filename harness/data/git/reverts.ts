/** Which commits are taken back by a later one. Commits are shown newest first. */
import { revertsIn } from './commit-reasons.ts';
import type { Commit } from './history.ts';

/** Of abbreviated ids: git's own shortest. */
const shortest = 7;

export class Reverts {
  /** First characters of an id -> the ids as they are written. */
  readonly #ids = new Map<string, string[]>();
  /** First line -> how many commits of that line are still to be taken back. */
  readonly #subjects = new Map<string, number>();

  /**
   * What the commit is to the history behind it. A commit that takes another back does not count where it is taken back
   * itself.
   */
  see({ id, message }: Pick<Commit, 'id' | 'message'>): 'reverts' | 'reverted' | 'stands' {
    const isReverted = this.#isReverted(id, message);
    const { ids, subjects } = revertsIn(message);
    if (ids.length + subjects.length === 0) return isReverted ? 'reverted' : 'stands';
    if (!isReverted) this.#add(ids, subjects);
    return 'reverts';
  }

  /** Ids are exact; the first line counts only where none is written. */
  #add(ids: readonly string[], subjects: readonly string[]): void {
    for (const id of ids) {
      const start = id.slice(0, shortest);
      this.#ids.set(start, [...(this.#ids.get(start) ?? []), id]);
    }
    if (ids.length > 0) return;
    for (const subject of subjects) this.#subjects.set(subject, (this.#subjects.get(subject) ?? 0) + 1);
  }

  #isReverted(id: string, message: string): boolean {
    if (this.#ids.get(id.slice(0, shortest))?.some((written) => id.startsWith(written)) === true) return true;
    const [subject = ''] = message.split('\n', 1);
    const waiting = this.#subjects.get(subject.trim()) ?? 0;
    if (waiting === 0) return false;
    this.#subjects.set(subject.trim(), waiting - 1);
    return true;
  }
}
