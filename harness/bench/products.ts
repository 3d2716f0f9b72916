/** How fast this machine multiplies matrices: the most that any program here has reached. */
import { execaNode } from 'execa';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { torchNeeds } from './peer-set-ups.ts';
import { runPeer } from './python-peer.ts';

export interface ProductPeak {
  /** FLOP/s of large square products, in ours and in the peer's library. */
  readonly ours: number;
  readonly theirs: number;
}

/** @throws UserError (4) where the interpreter has no torch. */
export async function productPeak(python: string, threads: number): Promise<ProductPeak> {
  const flags = ['--threads', String(threads)];
  const peer = { python, script: 'peer-pytorch/products.py', flags, needs: torchNeeds };
  const theirs = (await runPeer(peer, {})) as Product;
  const entry = fileURLToPath(new URL(`products-process${extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(entry, [String(threads)], { ipc: true });
  const [ours] = await Promise.all([child.getOneMessage(), child]);
  return { ours: (ours as unknown as Product).flopsPerSecond, theirs: theirs.flopsPerSecond };
}

interface Product {
  readonly flopsPerSecond: number;
}
