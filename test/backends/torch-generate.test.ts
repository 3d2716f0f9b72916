/**
 * Completions by PyTorch from local folders: what is written, what it depends on, and pairs of a sweep made of them.
 * Where HARNESS_PYTHON names a Python with torch and transformers; vLLM is a stand-in.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { torchTools } from '../../harness/backends/index.ts';
import { builtInKinds, readExperiment } from '../../harness/kinds/index.ts';
import { planExperiment, planInputs } from '../../harness/plan/index.ts';
import type { ModelWriter, WritingRequest, WrittenTexts } from '../../harness/stages/index.ts';
import { captured, documentOf } from '../cli/captured-run.ts';
import { toyAlgebra, toyModel } from '../end-to-end/toy-sections.ts';
import { pythonWith } from '../python.ts';
import { edited } from '../spec/base-experiment.ts';

const python = pythonWith('torch, transformers, pyarrow');
const script = fileURLToPath(new URL('fixtures/tiny_language_models.py', import.meta.url));
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-generate-'));
const [large, small] = [path.join(root, 'large'), path.join(root, 'small')];
const { torchWriter } = await torchTools();
const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 3600 } as const;
const before = process.env['HARNESS_TORCH_PYTHON'];
let writer: ModelWriter;

beforeAll(() => {
  if (python === null) return;
  const { status, stderr } = spawnSync(python, [script, root], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  process.env['HARNESS_TORCH_PYTHON'] = python;
  writer = torchWriter(execution);
}, 600_000);
afterAll(() => {
  if (before === undefined) delete process.env['HARNESS_TORCH_PYTHON'];
  else process.env['HARNESS_TORCH_PYTHON'] = before;
  rmSync(root, { recursive: true, force: true });
});

const prompts = ['def add(a, b):', 'two', 'a somewhat longer prompt, of many more bytes than the others', 'if x:'].map(
  (prompt, index) => ({ key: `p${index}#0`, prompt }),
);
const sampling = { temperature: 1, topP: 1, maxTokens: 12, seed: 5 };

function write(changes: Partial<WritingRequest> = {}, by: ModelWriter = writer): Promise<WrittenTexts> {
  const settings = {
    engine: 'transformers',
    numerics: 'float32',
    chat: false,
    system: null,
    stop: [],
    cards: 1,
  } as const;
  const request = { folder: large, prompts, sampling, ...settings, ...changes };
  return by.write(request, { scratchFolder: root, signal: new AbortController().signal });
}

const textsOf = async (...asked: Parameters<typeof write>): Promise<readonly string[]> =>
  (await write(...asked)).completions.map(({ text }) => text);

describe.skipIf(python === null)('completions by transformers (skipped without HARNESS_PYTHON that has torch)', () => {
  it('are the likeliest tokens at temperature 0, as generate has them, and where nothing else is left', async () => {
    const greedy = JSON.parse(readFileSync(path.join(root, 'greedy.json'), 'utf8')) as string[];
    expect(await textsOf({ sampling: { ...sampling, temperature: 0 } })).toEqual(greedy);
    expect(await textsOf({ sampling: { ...sampling, topP: 1e-6 } })).toEqual(greedy);
    const { by, tokens } = await write();
    expect(by).toMatch(/^transformers 5\.\d+.*, torch 2\./);
    expect(tokens).toBeGreaterThan(0);
  }, 600_000);

  it('depend on seed and key, and on nothing that shares their batch', async () => {
    const together = await textsOf();
    expect(await textsOf()).toEqual(together);
    for (const [index, one] of prompts.entries()) expect(await textsOf({ prompts: [one] })).toEqual([together[index]]);
    expect(await textsOf({ prompts: prompts.toReversed() })).toEqual(together.toReversed());
    expect(await textsOf({ sampling: { ...sampling, seed: 6 } })).not.toEqual(together);
    const again = prompts.map(({ key, prompt }) => ({ key: `${key}+`, prompt }));
    expect(await textsOf({ prompts: again })).not.toEqual(together);
  }, 600_000);

  it('are drawn by the probabilities of the model', async () => {
    const likely = JSON.parse(readFileSync(path.join(root, 'first.json'), 'utf8')) as Record<string, number>;
    const many = Array.from({ length: 400 }, (_, index) => ({ key: `k${index}`, prompt: 'two' }));
    const texts = await textsOf({ prompts: many, sampling: { ...sampling, maxTokens: 1, temperature: 0.7 } });
    for (const [text, probability] of Object.entries(likely)) {
      const [found, expected] = [texts.filter((one) => one === text).length, 400 * probability];
      // Four standard deviations of a binomial count; the seed is fixed, so that it is one draw.
      expect(Math.abs(found - expected), text).toBeLessThan(4 * Math.sqrt(expected));
    }
  }, 600_000);

  it('end at the end token, at a stop text, or where their tokens run out', async () => {
    const free = await write({
      sampling: { ...sampling, maxTokens: 100, temperature: 2 },
      prompts: prompts.slice(1, 2),
    });
    const [{ text, finish } = { text: '', finish: 'end' }] = free.completions;
    const { completions } = await write({ sampling: { ...sampling, maxTokens: 3 } });
    for (const one of completions) expect(one.finish === 'end' || one.text.length > 0).toBe(true);
    expect(['end', 'length']).toContain(finish);
    const stop = text.slice(3, 5);
    const stopped = await write({
      sampling: { ...sampling, maxTokens: 100, temperature: 2 },
      prompts: prompts.slice(1, 2),
      stop: [stop],
    });
    expect(stopped.completions[0]).toEqual({ text: text.slice(0, text.indexOf(stop)), finish: 'end' });
  }, 600_000);

  it('are empty where a prompt leaves no room, and are asked as a chat by the template', async () => {
    const long = { key: 'long', prompt: 'two '.repeat(200) };
    expect((await write({ prompts: [long, ...prompts] })).completions[0]).toEqual({ text: '', finish: 'length' });
    expect(await textsOf({ chat: true })).not.toEqual(await textsOf());
    const asChat = prompts.map(({ key, prompt }) => ({ key, prompt: `[user]${prompt}\n[assistant]` }));
    expect(await textsOf({ chat: true })).toEqual(await textsOf({ prompts: asChat }));
  }, 600_000);

  it('refuse what is not there', async () => {
    const empty = path.join(root, 'empty');
    mkdirSync(empty);
    writeFileSync(path.join(empty, 'config.json'), '{"model_type": "qwen2"}');
    await expect(write({ folder: empty })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('transformers cannot open it'),
    });
    await expect(write({ engine: 'vllm' })).rejects.toMatchObject({
      exitCode: 3,
      message: 'backend torch: vllm is not installed',
    });
  }, 600_000);
});

/** As much of vLLM as is called: it answers with what it was asked. */
const fakeVllm = `
from types import SimpleNamespace as Things
__version__ = '9.9'
class SamplingParams(Things): pass
class LLM:
    def __init__(self, **given):
        self.given = given
        self.llm_engine = Things(model_config=Things(max_model_len=64))
    def generate(self, prompts, params, use_tqdm):
        assert len(prompts) == len(params) and use_tqdm is False
        def answer(prompt, param):
            given, length = self.given, len(prompt['prompt_token_ids'])
            text = f"{given['dtype']} {given['tensor_parallel_size']} {length} {param.max_tokens} {param.seed} {param.stop}"
            return Things(outputs=[Things(text=text, token_ids=[1, 2], finish_reason='stop')])
        return [answer(*both) for both in zip(prompts, params)]
`;

describe.skipIf(python === null)('completions by vllm (skipped without HARNESS_PYTHON that has torch)', () => {
  it('are taken where it is installed, each with its own seed and room', async () => {
    writeFileSync(path.join(root, 'vllm.py'), fakeVllm);
    const wrapper = path.join(root, 'python-with-vllm');
    writeFileSync(wrapper, `#!/bin/sh\nPYTHONPATH="$PYTHONPATH:${root}" exec ${python} "$@"\n`, { mode: 0o755 });
    process.env['HARNESS_TORCH_PYTHON'] = wrapper;
    const asked = { engine: 'auto', numerics: 'bfloat16', cards: 2, stop: ['x'] } as const;
    const { completions, by, tokens } = await write(asked, torchWriter(execution));
    process.env['HARNESS_TORCH_PYTHON'] = python as string;
    expect(by).toMatch(/^vllm 9\.9, torch 2\./);
    expect(tokens).toBe(8);
    for (const { text, finish } of completions) {
      expect(text).toMatch(/^bfloat16 2 \d+ \d+ \d{15,} \['x'\]$/);
      expect(finish).toBe('end');
    }
    expect(new Set(completions.map(({ text }) => text.split(' ')[4])).size).toBe(4);
  }, 600_000);
});

const generator = (folder: string, more = ''): string => `{kind: torch, path: ${folder}, maxTokens: 16${more}}`;

describe.skipIf(python === null)('pairs of two folders (skipped without HARNESS_PYTHON that has torch)', () => {
  const work = path.join(root, 'work');
  const sweep = async (): Promise<Record<string, unknown>> => {
    const env = { HARNESS_RESULTS: path.join(work, 'results'), HARNESS_CACHE: path.join(work, 'cache') };
    const run = await captured(['sweep', path.join(work, 'local.yaml'), '--json'], env);
    expect(run.exitCode, run.stdout + run.stderr).toBe(0);
    return documentOf(run);
  };

  it('are written and trained on, once', async () => {
    mkdirSync(path.join(work, 'code'), { recursive: true });
    for (let i = 0; i < 24; i++)
      writeFileSync(
        path.join(work, 'code', `${i}.js`),
        `function f${i}(a, b) {\n  if (a > b) a -= ${i};\n${'  a += 1;\n'.repeat(1 + (i % 5))}  return a;\n}\n`,
      );
    writeFileSync(path.join(work, 'local.yaml'), experiment());
    expect(await sweep()).toMatchObject({ trials: { ran: 1 }, counts: { failed: 0, blocked: 0 } });
    const journals = readdirSync(path.join(work, 'results/store'))
      .filter((id) => id.startsWith('completions-'))
      .map((id) => readFileSync(path.join(work, 'results/store', id, 'journal.jsonl'), 'utf8'));
    expect(journals).toHaveLength(2);
    for (const journal of journals) {
      expect(journal).toMatch(/"text":"written by transformers 5\./);
      expect(journal).toMatch(/"name":"generator\/tokens","value":[1-9]/);
    }
    expect(await sweep()).toMatchObject({ counts: { ran: 0, failed: 0 } });
  }, 600_000);

  const experiment = (): string => `formatVersion: 1
name: local
question: Do pairs from local folders reach the training?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 4}
tokenizer: {kind: bpe, vocabSize: 270}
pairs: {kind: models, dropCutOff: false, stronger: ${generator(large, ', engine: transformers')}, weaker: ${generator(small)}}
${toyModel(192)}
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 8}
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 2e-3}
  schedule: {kind: wsd, warmup: {steps: 0}, decayFraction: 0.5}
${toyAlgebra}
finetune:
  objective: {lmWeight: 0}
  samples: 16
  steps: 2
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-2}
  schedule: {kind: cosine, warmup: {steps: 0}}
evaluate: {bestOf: [1, 2]}
`;
});

describe('a folder in an experiment', () => {
  const folder = path.join(root, 'planned');
  const completionsOf = async (more = ''): Promise<readonly string[]> => {
    const file = path.join(root, 'x.yaml');
    const weaker = '{kind: endpoint, baseUrl: "http://a/v1", model: m}';
    const pairs = `{kind: models, stronger: ${generator(folder, more)}, weaker: ${weaker}}`;
    writeFileSync(file, edited(['pairs: {kind: mutate}', `pairs: ${pairs}`]));
    const { result } = await readExperiment(file);
    if (!result.ok) return [JSON.stringify(result.errors)];
    const { stages } = planExperiment(result.spec, planInputs(builtInKinds));
    return stages.filter(({ kind }) => kind === 'completions').map(({ id }) => id);
  };

  it('is identity by every file that decides what it writes; how many cards share it is none', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'config.json'), '{}');
    writeFileSync(path.join(folder, 'model.safetensors'), 'weights');
    const ids = await completionsOf();
    expect(ids).toHaveLength(2);
    writeFileSync(path.join(folder, 'README.md'), 'a page');
    expect(await completionsOf()).toEqual(ids);
    expect(await completionsOf(', cards: 4')).toEqual(ids);
    expect(await completionsOf(', seed: 1')).not.toEqual(ids);
    expect(await completionsOf(', engine: vllm')).not.toEqual(ids);
    writeFileSync(path.join(folder, 'chat_template.jinja'), 'x');
    expect(await completionsOf()).not.toEqual(ids);
  });

  it('is refused without a config.json, and with fields that do not go together', async () => {
    rmSync(folder, { recursive: true, force: true });
    expect((await completionsOf()).join()).toContain('config.json');
    expect((await completionsOf(', system: x, instruction: y')).join()).toMatch(/prompt/);
  });
});
