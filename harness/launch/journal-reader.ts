/** Passes on what a stage that runs elsewhere tells in its journal, once each. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal, stageFiles, type JournalEvent } from '../store/index.ts';
import type { LiveMessage } from './launcher.ts';

export class JournalReader {
  readonly #file: string;
  readonly #attempt: number;
  #seen = 0;
  #stamp = '';

  /** @param attempt The first that is told of. */
  constructor(folder: string, attempt: number) {
    this.#file = join(folder, stageFiles.journal);
    this.#attempt = attempt;
  }

  read(onLive: (message: LiveMessage) => void): void {
    const events = this.#newer();
    if (events === null) return;
    const start = events.findIndex((event) => event.kind === 'attempt' && event.attempt >= this.#attempt);
    if (start < 0) return;
    for (const event of events.slice(Math.max(start, this.#seen))) passOn(event, onLive);
    this.#seen = events.length;
  }

  /** null where nothing was added, or it is being written just now. */
  #newer(): readonly JournalEvent[] | null {
    try {
      const { ino, size } = statSync(this.#file);
      if (this.#stamp === `${ino} ${size}`) return null;
      this.#stamp = `${ino} ${size}`;
      return readJournal(this.#file).events;
    } catch {
      return null;
    }
  }
}

function passOn(event: JournalEvent, onLive: (message: LiveMessage) => void): void {
  if (event.kind === 'note') onLive({ type: 'note', text: event.text });
  if (event.kind !== 'progress') return;
  const { kind: _kind, ...progress } = event;
  onLive({ type: 'progress', ...progress });
}
