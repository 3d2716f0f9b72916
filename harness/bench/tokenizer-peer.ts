/** The Rust tokenizer library in a process of its own, which takes a round whenever it is asked. */
import type { EncodeRound } from './encode-round.ts';
import { startPeer } from './python-peer.ts';

export interface TokenizerPeer {
  readonly library: string;
  /** Names of files in the folder, without `.json`, and what they are called. */
  readonly makes: Readonly<Record<string, string>>;
  round(path: string): Promise<EncodeRound>;
  close(): Promise<void>;
}

export interface TokenizerPeerOptions {
  readonly python: string;
  /** Gets a tokenizer.json for each make. */
  readonly folder: string;
  readonly vocabSize: number;
  readonly texts: readonly string[];
  /** The first texts, on which vocabularies are trained. */
  readonly training: number;
}

/** Trains the vocabularies, which takes a minute or two. @throws UserError (4) where the peer does not run. */
export async function openTokenizerPeer(options: TokenizerPeerOptions): Promise<TokenizerPeer> {
  const { python, folder, vocabSize, texts, training } = options;
  const peer = startPeer({
    python,
    script: 'peer-tokenizers/encode.py',
    flags: ['--folder', folder, '--vocab', String(vocabSize)],
    needs: 'Python 3 with tokenizers',
  });
  const ask = (request: object): Promise<unknown> => peer.ask(JSON.stringify(request));
  const opened = (await ask({ texts, training })) as Pick<TokenizerPeer, 'library' | 'makes'>;
  return {
    ...opened,
    round: async (path) => (await ask({ path })) as EncodeRound,
    close: () => peer.close(),
  };
}
