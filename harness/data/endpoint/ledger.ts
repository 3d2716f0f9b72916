/**
 * Every request and every raw answer of one model with one sampling, in one append-only file that any number of
 * processes of a host write to at once. What it says follows from the order of its lines alone, and each process reads
 * its own lines back among those of others: so two that meant to ask the same agree on who does.
 */
import { open, mkdir, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AnswerPlaces, type Place } from './answer-places.ts';
import { askerName, newAsker, retire, type Asker } from './asker.ts';
import { Attempts } from './attempts.ts';
import { parseLine, readLines, type Answer, type LedgerLine } from './ledger-line.ts';

const readBytes = 1 << 18;

export class Ledger {
  readonly by: Asker = newAsker();
  readonly attempts = new Attempts();
  readonly #file: FileHandle;
  readonly #chunk = Buffer.alloc(readBytes);
  readonly #answers = new AnswerPlaces();
  #read = 0;
  #damaged = 0;
  #begun = 0;
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

  /** A name that no other attempt has. */
  newAttempt(): string {
    this.#begun += 1;
    return `${askerName(this.by)}:${this.#begun}`;
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
    retire(this.by);
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
    else if (!this.has(line.sha)) this.attempts.take(line);
  }

  #takeAnswer(sha: string, place: Place): void {
    this.#answers.add(sha, place);
    this.attempts.forget(sha);
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
