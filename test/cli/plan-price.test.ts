import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { captured, documentOf } from './captured-run.ts';

const paper = path.resolve(import.meta.dirname, '../../experiments/paper/pmp.yaml');
const root = mkdtempSync(path.join(tmpdir(), 'plan-price-'));
afterAll(() => rmSync(root, { recursive: true }));
const env = { HARNESS_RESULTS: path.join(root, 'results') };

interface PricedDocument {
  readonly price: { readonly hours: number; readonly stages: Readonly<Record<string, { readonly flops: number }>> };
  readonly absent: readonly string[];
  readonly stages: readonly { readonly id: string; readonly kind: string }[];
}

describe('harness plan of an experiment whose data are not here', () => {
  it('prices it, and says what it was made without', async () => {
    const run = await captured(['plan', paper, '--json'], env);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    const document = documentOf(run) as unknown as PricedDocument;
    expect(document).not.toHaveProperty('expected');
    expect(document.price.hours).toBeGreaterThan(3000);
    const pretrain = document.stages.find(({ kind }) => kind === 'pretrain');
    expect(document.price.stages[pretrain?.id ?? '']?.flops).toBeGreaterThan(1e21);
    expect(document.absent.map((line) => line.split(':')[0])).toEqual(['start.path', 'pairs.path', 'task.path']);
  });

  it('is a table for people', async () => {
    const { stdout } = await captured(['plan', paper], env);
    expect(stdout).toContain('Not here, and planned by what the experiment says of them');
    expect(stdout).toMatch(/pretrain {2}qwen2-7b {6}1 {2}2\.18e\+21/);
  });

  it('is no sweep: that is refused at the lines that name them', async () => {
    const run = await captured(['sweep', paper], env);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/pmp\.yaml:\d+:\d+: start\.path: expected a folder with config\.json/);
    expect(run.stderr).toMatch(/pmp\.yaml:\d+:\d+: pairs\.path: expected a file, found nothing at/);
  });
});

describe('execution.accelerator', () => {
  const smoke = path.resolve(import.meta.dirname, '../../experiments/smoke.yaml');

  it('is one of those that are known, or described', async () => {
    const run = await captured(['plan', smoke, '-s', 'execution.accelerator=H100'], env);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('execution.accelerator');
    expect(run.stderr).toContain('H100-80GB');
  });

  it('prices any experiment', async () => {
    const run = await captured(['plan', smoke, '-s', 'execution.accelerator=L4', '--json'], env);
    const { price } = documentOf(run) as unknown as PricedDocument;
    expect(price.hours).toBeGreaterThan(0);
    expect(price.hours).toBeLessThan(0.1);
  });
});

describe('start.declared', () => {
  it('is asked for where a checkpoint is not here', async () => {
    const file = path.join(root, 'bare.yaml');
    writeFileSync(file, `extends: ${paper}\nname: bare\nstart: {declared: null}\n`);
    const run = await captured(['plan', file], env);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('`start.declared` gives its sizes, for a plan without it');
  });
});
