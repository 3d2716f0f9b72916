import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { experimentJsonSchema, formatSpecErrors, loadExperiment } from '../../harness/spec/index.ts';
import { format } from './base-experiment.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('docs/experiment.schema.json', () => {
  it('is the schema of the code (rewrite it with UPDATE_GOLDEN=1)', () => {
    const file = path.join(root, 'docs/experiment.schema.json');
    const text = `${JSON.stringify(experimentJsonSchema(format), null, 1)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('requires nothing of a file that extends another, and all sections of one that does not', () => {
    const schema = experimentJsonSchema(format) as {
      required?: unknown;
      properties: { finetune: { required?: unknown } };
      else: { required: string[]; properties: { finetune: { required: string[] } } };
    };
    expect([schema.required, schema.properties.finetune.required]).toEqual([undefined, undefined]);
    expect(schema.else.required).toEqual([
      'formatVersion',
      'name',
      'question',
      'seeds',
      'task',
      'finetune',
      'evaluate',
    ]);
    expect(schema.else.properties.finetune.required).toContain('samples');
  });
});

describe('the schema for editors', () => {
  type Node = { readonly [key: string]: Node };
  const sweepOf = (schema: unknown): Node => (schema as Node)['properties']?.['sweep']?.['properties'] ?? {};
  const allowsNull = (node: Node | undefined): boolean =>
    (node?.['anyOf'] as unknown as { type?: string }[] | undefined)?.some(({ type }) => type === 'null') ?? false;

  it('lets a file that extends another take an axis or a list of the sweep away with null', () => {
    const { axes, zip, exclude } = sweepOf(experimentJsonSchema(format));
    expect([axes, zip, exclude].map(allowsNull)).toEqual([true, true, true]);
    expect(allowsNull(axes?.['anyOf']?.['0']?.['additionalProperties'])).toBe(true);
  });

  it('refuses null there in a file that extends none', () => {
    const { axes, zip, exclude } = sweepOf(experimentJsonSchema(format)['else']);
    expect([axes, zip, exclude, axes?.['additionalProperties']].map(allowsNull)).toEqual([false, false, false, false]);
  });
});

describe('a file with plug-ins', () => {
  interface Section {
    readonly oneOf?: readonly {
      readonly properties: { readonly kind: { readonly not?: { readonly enum: string[] } } };
    }[];
    readonly anyOf?: readonly Section[];
  }
  const others = (schema: unknown, section: string): readonly string[] | undefined => {
    const found = (schema as { properties: Record<string, Section> }).properties[section] as Section;
    const union = found.oneOf ?? found.anyOf?.find(({ oneOf }) => oneOf !== undefined)?.oneOf;
    return union?.find(({ properties }) => properties.kind.not !== undefined)?.properties.kind.not?.enum;
  };

  it('may name kinds that are not listed, with any fields', () => {
    const schema = experimentJsonSchema(format);
    expect(others(schema, 'corpus')).toEqual(format.kinds.corpora.map(({ kind }) => kind));
    expect(others(schema, 'pairs')).toEqual(format.kinds.pairs.map(({ kind }) => kind));
    expect(others(schema, 'task')).toEqual(format.kinds.tasks.map(({ kind }) => kind));
    expect(others(schema, 'start')).toEqual(format.kinds.starts.map(({ kind }) => kind));
    expect(schema['if']).toMatchObject({ anyOf: [{}, { required: ['plugins'] }] });
  });

  it('is the only one, but for a file that extends another', () => {
    for (const section of ['corpus', 'pairs', 'task', 'start'])
      expect(others(experimentJsonSchema(format)['else'], section)).toBeUndefined();
  });
});

const shipped = ['.', 'ablations'].flatMap((folder) =>
  readdirSync(path.join(root, 'experiments', folder)).map((file) => path.join(folder, file)),
);

// A profile is a part of an experiment.
describe.each(shipped.filter((file) => file.endsWith('.yaml') && !file.endsWith('profile.yaml')))(
  'experiments/%s',
  (name) => {
    const file = path.join(root, 'experiments', name);

    it('is valid', () => {
      const result = loadExperiment(file, format);
      expect(result.ok ? '' : formatSpecErrors(result.errors)).toBe('');
    });

    it('tells editors its schema and people its question, command, cost and finding', () => {
      const [first, ...lines] = readFileSync(file, 'utf8').split('\n');
      const schema = path.relative(path.dirname(file), path.join(root, 'docs', 'experiment.schema.json'));
      expect(first).toBe(`# yaml-language-server: $schema=${schema}`);
      const header = lines
        .slice(
          0,
          lines.findIndex((line) => !line.startsWith('#')),
        )
        .join('\n');
      for (const title of ['Question:', 'Command:', 'Hardware and wall time:', 'Found:'])
        expect(header).toContain(`# ${title} `);
    });
  },
);
