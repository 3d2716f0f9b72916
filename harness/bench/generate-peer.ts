/** `transformers` in a process of its own, which takes a round whenever it is asked: loading it takes seconds. */
import type { Prompt } from '../generate/index.ts';
import type { GenerateRound } from './generate-round.ts';
import { startPeer } from './python-peer.ts';

export interface GeneratePeer {
  round(): Promise<GenerateRound & { readonly engine: string }>;
  close(): Promise<void>;
}

export interface GeneratePeerOptions {
  readonly python: string;
  readonly folder: string;
  readonly threads: number;
  readonly batch: number;
  readonly newTokens: number;
}

/** Rounds throw UserError (exit 4) where the peer does not run. */
export function openGeneratePeer(prompts: readonly Prompt[], options: GeneratePeerOptions): GeneratePeer {
  const { python, folder, threads, batch, newTokens } = options;
  const flags = { '--model': folder, '--threads': threads, '--batch': batch, '--new-tokens': newTokens };
  const peer = startPeer(
    {
      python,
      script: 'peer-pytorch/generate.py',
      flags: Object.entries(flags).flat().map(String),
      needs: 'Python 3 with torch and transformers',
    },
    JSON.stringify(prompts.map(({ tokens }) => [...tokens])),
  );
  return {
    round: async () => (await peer.ask('round')) as GenerateRound & { engine: string },
    close: () => peer.close(),
  };
}
