/**
 * Every request and every raw answer of one model with one sampling, in one append-only file that any number of
 * processes of a host write to at once. What it says follows from the order of its lines alone, and each process reads
 * its own lines back among those of others: so two that meant to ask the same agree on who does.
 */
import { open, mkdir, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AnswerPlaces } from './answer-places.ts';
import { askerName, isAlive, newAsker, type Asker } from './asker.ts';
import { parseLine, readLines, type Answer, type Intent, type LedgerLine } from './ledger-line.ts';

/** What is known of a request without an answer. */
interface Unanswered {
  /** Attempts that nothing has closed, in the order of the file. */
  readonly open: Pick<Intent, 'id' | 'by'>[];
  /** Closed attempts that may have been charged. */
  mayBeBought: number;
  /** Attempts that the server answered in full, though not usably. */
  refused: number;
}

const readBytes = 1 << 18;

export class Ledger {
  readonly by: Asker = newAsker();
  readonly #file: FileHandle;
  readonly #chunk = Buffer.alloc(readBytes);
  readonly #answers = new AnswerPlaces();
  readonly #unanswered = new Map<string, Unanswered>();
  #read = 0;
  #damaged = 0;
  #attempts = 0;
  #waiting: string[] = [];
  #next: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens or makes `<folder>/ledger.jsonl`; `identity.json` beside it tells people what is asked. */
  static async open(folder: string, identity: object): Promise<Ledger> {
    await mkdir(folder, { recursive: true });
    const text = `${JSON.stringify(identity, null, 2)}\n`;
    await writeFile(path.join(folder, 'identity.json'), text);
    const ledger = new Ledger(await open(path.join(folder, 'ledger.jsonl'), 'a+'));
    await syncFolder(folder);
    await ledger.sync();
    return ledger;
  }

  /** Answers it holds. */
  get size(): number {
    return this.#answers.size;
  }

  /** Lines that a kill has torn. */
  get damaged(): number {
    return this.#damaged;
  }

  has(sha: string): boolean {
    return this.#answers.get(sha) !== null;
  }

  async find(sha: string): Promise<Answer | null> {
    const place = this.#answers.get(sha);
    if (place === null) return null;
    const line = Buffer.alloc(place.bytes);
    await this.#file.read(line, 0, place.bytes, place.at);
    return parseLine(line) as Answer;
  }

  /** Attempts that may have been charged without an answer to show for it; those of processes that run do not count. */
  mayBeBought(sha: string): number {
    const { open = [], mayBeBought = 0 } = this.#unanswered.get(sha) ?? {};
    return mayBeBought + open.filter((intent) => !isAlive(intent.by)).length;
  }

  /** Attempts that were answered in full, though not usably. */
  refused(sha: string): number {
    return this.#unanswered.get(sha)?.refused ?? 0;
  }

  /** Who asks the same right now and began before the attempt `id` did; null = nobody. */
  rival(sha: string, id: string | null): Asker | null {
    const open = this.#unanswered.get(sha)?.open ?? [];
    const mine = open.findIndex((intent) => intent.id === id);
    const before = mine < 0 ? open : open.slice(0, mine);
    const isOther = ({ by }: Pick<Intent, 'by'>): boolean => askerName(by) !== askerName(this.by) && isAlive(by);
    return before.find(isOther)?.by ?? null;
  }

  newAttempt(): string {
    this.#attempts += 1;
    return `${askerName(this.by)}:${this.#attempts}`;
  }

  /** Resolves once the line is on disk and read back. Lines that wait together share one fsync. */
  append(line: LedgerLine): Promise<void> {
    this.#waiting.push(JSON.stringify(line));
    return this.sync();
  }

  /** Writes what waits, and reads what this and other processes have written. */
  sync(): Promise<void> {
    this.#next ??= this.#last
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#commit();
      });
    this.#last = this.#next;
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#file.close();
  }

  async #commit(): Promise<void> {
    const lines = this.#waiting.splice(0);
    if (lines.length > 0) {
      await this.#write(lines);
      await this.#file.datasync();
    }
    this.#read = await readLines(this.#file, this.#read, this.#chunk, (line, at) => this.#take(line, at));
  }

  /** The newline before keeps these lines apart from one that the kill of another process has torn. */
  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(`\n${lines.join('\n')}\n`);
    const { bytesWritten } = await this.#file.write(bytes);
    // What was written in part may be torn by lines of other processes: write it again as a whole.
    if (bytesWritten < bytes.length) await this.#write(lines);
  }

  #take(bytes: Buffer, at: number): void {
    const line = parseLine(bytes);
    if (line === null) this.#damaged += 1;
    else if (line.kind === 'answer') this.#takeAnswer(line.sha, { at, bytes: bytes.length });
    else if (!this.has(line.sha)) this.#takeAttempt(line);
  }

  #takeAnswer(sha: string, place: { readonly at: number; readonly bytes: number }): void {
    this.#answers.add(sha, place);
    this.#unanswered.delete(sha);
  }

  #takeAttempt(line: Exclude<LedgerLine, Answer>): void {
    const state = this.#unanswered.get(line.sha) ?? { open: [], mayBeBought: 0, refused: 0 };
    this.#unanswered.set(line.sha, state);
    if (line.kind === 'intent') return void state.open.push({ id: line.id, by: line.by });
    state.mayBeBought += line.mayBeBought ? 1 : 0;
    state.refused += line.status === null ? 0 : 1;
    const index = state.open.findIndex(({ id }) => id === line.id);
    if (index >= 0) state.open.splice(index, 1);
  }
}

/** Makes the new file itself durable. File systems that cannot sync a folder say so. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
