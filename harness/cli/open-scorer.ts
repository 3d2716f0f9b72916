/** The model that `score` scores with, opened by whoever computes it: this program, or torch. */
import { torchTools } from '../backends/index.ts';
import { deviceStorages } from '../engine/index.ts';
import { nativeScorer, openRewardModel, openScoredRows, StoredSession, type OpenModelOptions } from '../score/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { CliContext } from './context.ts';
import { openDevice } from './open-device.ts';
import type { OpenedModel, ScoreFlags } from './score-rows.ts';

/** Whoever opens it closes it. @throws UserError where the folder is no reward model, or the device is not there. */
export function openScorer(
  context: CliContext,
  flags: Pick<ScoreFlags, 'backend' | 'device' | 'threads'>,
  folder: string,
  options: OpenModelOptions,
): Promise<OpenedModel> {
  return flags.backend === 'torch' ? openByTorch(flags, folder, options) : openHere(context, flags, folder, options);
}

async function openHere(
  context: CliContext,
  { device: asked = 'cpu', threads }: Pick<ScoreFlags, 'device' | 'threads'>,
  folder: string,
  options: OpenModelOptions,
): Promise<OpenedModel> {
  const { executor, device, reason } = await openDevice(context, asked);
  const scored = await openRewardModel(folder, options).catch(withTorch);
  const { weights } = scored;
  const sessions = new StoredSession(executor, { threads, weights, storages: deviceStorages[device] });
  const close = async (): Promise<void> => {
    await sessions.release();
    await weights.close();
  };
  return {
    folder,
    scored,
    scorer: (input) => nativeScorer(scored, sessions, input),
    device: () => ({ name: device, kind: device }),
    reason,
    close,
  };
}

const named = (device: string): ReturnType<OpenedModel['device']> => ({
  name: `torch ${device}`,
  kind: device.startsWith('cuda') ? 'cuda' : 'cpu',
});

/** What is not computed here may well be computed by torch. */
function withTorch(error: unknown): never {
  if (!(error instanceof UserError) || !/model_type: /.test(error.message)) throw error;
  const hint = [error.hint, 'With --backend torch every architecture that transformers opens is scored.'];
  throw new UserError(error.message, {
    exitCode: error.exitCode,
    hint: hint.filter((part) => part !== null).join(' '),
    cause: error,
  });
}

async function openByTorch(
  { device = 'auto', threads }: Pick<ScoreFlags, 'device' | 'threads'>,
  folder: string,
  options: OpenModelOptions,
): Promise<OpenedModel> {
  const scored = openScoredRows(folder, options);
  const torch = await (await torchTools()).openTorchScorer({ folder, threads, device: torchDevice(device) });
  return {
    folder,
    scored: { ...scored, notes: [...scored.notes, ...torch.notes] },
    scorer: () => torch.score,
    device: () => named(torch.device()),
    reason: device === 'auto' ? 'what torch sees' : 'asked for',
    close: async () => torch.close(),
  };
}

function torchDevice(device: NonNullable<ScoreFlags['device']>): 'auto' | 'cpu' | 'cuda' {
  if (device === 'auto' || device === 'cpu' || device === 'cuda') return device;
  throw new UserError(`--device ${device} is one of our own engine, and torch computes`, {
    exitCode: 2,
    hint: 'Leave --device out: torch takes the accelerator that it sees. cpu and cuda can be named.',
  });
}
