/** One round of scoring with the model of a folder, in a process of its own: load, warm up, score all. */
import { execaNode } from 'execa';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allocatorEnvironment, openExecutor, type Device } from '../engine/index.ts';
import { loadModelFolder } from '../model/index.ts';
import { OneSession, scoreResponses, type RewardModel, type ScoredQuestion } from '../score/index.ts';

export interface ScoreRoundRequest {
  readonly folder: string;
  /** Of the file that holds the questions; see questionsText. */
  readonly questions: string;
  readonly threads: number;
  readonly device: Device | 'auto';
}

export interface ScoreRound {
  /** Of scoring alone. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
  /** Of every response, question by question. */
  readonly rewards: readonly number[];
}

/** Questions as JSON on one line, as the peer reads them too. */
export function questionsText(questions: readonly ScoredQuestion[]): string {
  const plain = questions.map(({ prompt, responses }) => ({
    prompt: [...prompt],
    responses: responses.map((response) => [...response]),
  }));
  return `${JSON.stringify(plain)}\n`;
}

function readQuestions(file: string): readonly ScoredQuestion[] {
  const plain = JSON.parse(readFileSync(file, 'utf8')) as readonly {
    readonly prompt: readonly number[];
    readonly responses: readonly (readonly number[])[];
  }[];
  return plain.map(({ prompt, responses }) => ({
    prompt: Int32Array.from(prompt),
    responses: responses.map((response) => Int32Array.from(response)),
  }));
}

/** In a fresh process, with the allocator that a sweep gives its workers. */
export async function scoreRound(request: ScoreRoundRequest): Promise<ScoreRound> {
  const entry = fileURLToPath(new URL(`score-round-process${extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(entry, [JSON.stringify(request)], { ipc: true, env: allocatorEnvironment });
  const result = (await child.getOneMessage()) as unknown as ScoreRound;
  await child;
  return result;
}

/** In this process. The first two questions warm up. */
export async function scoreOnce({ folder, questions, threads, device }: ScoreRoundRequest): Promise<ScoreRound> {
  const { model, parameters } = await loadModelFolder(folder);
  const { executor } = await openExecutor(device);
  const sessions = new OneSession(executor, { threads });
  const reward: RewardModel = { model: { ...model, rewardPooling: 'last' }, parameters, sessions };
  const all = readQuestions(questions);
  try {
    await scoreResponses(reward, all.slice(0, 2));
    return await timedRound(reward, all);
  } finally {
    await sessions.release();
  }
}

async function timedRound(reward: RewardModel, questions: readonly ScoredQuestion[]): Promise<ScoreRound> {
  const [start, cpuStart] = [performance.now(), process.cpuUsage()];
  const rewards = await scoreResponses(reward, questions);
  const { user, system } = process.cpuUsage(cpuStart);
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    rewards: rewards.flatMap((row) => [...row]),
  };
}
