import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { stageId, temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let results = '';
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  const plan = path.join(results, 'experiments', 'tiny', 'plan.json');
  const record = JSON.parse(readFileSync(plan, 'utf8'));
  // Names that a shell, YAML, and the end of a here-document would each take for something else.
  record.specText = "name: tiny\nquestion: it's\nEND\n";
  record.trials[0].axes.declared = { size: 's', rate: 0.01, 'finetune.samples': 64, odd: "it's, no", number: '1e-3' };
  writeFileSync(plan, JSON.stringify(record));
  await collect(results);
});

const repro = (id: string): ReturnType<typeof captured> => captured(['repro', id, '--results', results]);

describe('harness repro', () => {
  it('prints a script for bash: the commit, the experiment, one trial of it, and digests to compare', async () => {
    const { stdout, exitCode } = await repro('0000000000a0');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('git checkout --detach abc123\n');
    expect(stdout).toContain("cat > tiny.yaml <<'END_'\nname: tiny\nquestion: it's\nEND\nEND_\n");
    expect(stdout).toContain(
      'npx harness sweep tiny.yaml -s seeds=0 -s sweep.axes.size=s -s sweep.axes.rate=0.01 ' +
        `-s sweep.axes.finetune.samples=64 -s 'sweep.axes.odd="it'\\''s, no"' -s 'sweep.axes.number="1e-3"' ` +
        '--results repro\n',
    );
    const digest = JSON.parse(readFileSync(path.join(results, 'store', stageId('evaluate', 32), 'done.json'), 'utf8'));
    expect(stdout).toContain(`${digest.outputs[0].sha256}  items.arrow\n`);
    expect(execFileSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })).toBe('');
  });

  it('writes the experiment as it was into a file', async () => {
    const { stdout } = await repro('0000000000a0');
    const place = mkdtempSync(path.join(tmpdir(), 'harness-repro-'));
    const cat = stdout.slice(stdout.indexOf('cat > '), stdout.indexOf('npx harness'));
    execFileSync('bash', [], { input: cat, cwd: place });
    expect(readFileSync(path.join(place, 'tiny.yaml'), 'utf8')).toBe("name: tiny\nquestion: it's\nEND\n");
  });

  it('makes a stage with the first trial that has it, and an experiment whole', async () => {
    const stage = stageId('finetune', 18);
    const found = documentOf(await captured(['repro', stage, '--results', results, '--json']));
    expect(found).toMatchObject({ kind: 'stage', id: stage, experiment: 'tiny', stage });
    expect(found['script']).toContain(' -s seeds=0 -s sweep.axes.size=s ');
    expect((await repro('tiny')).stdout).toContain('\nnpx harness sweep tiny.yaml --results repro\n');
  });

  it('says what it cannot do', async () => {
    expect((await repro('nosuch')).exitCode).toBe(2);
    const outside = await repro(stageId('baseline', 6));
    expect(outside.stderr).toContain('is in no plan on record');
    expect(outside.exitCode).toBe(2);
  });
});
