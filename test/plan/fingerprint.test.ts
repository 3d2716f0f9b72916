import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { assert as assertProperty, jsonValue, property } from 'fast-check';
import { format } from '../spec/base-experiment.ts';
import { describe, expect, it } from 'vitest';
import { addedFields, canonicalJson, currentConfig, fingerprintOf } from '../../harness/plan/index.ts';
import { experimentJsonSchema, sectionNames } from '../../harness/spec/index.ts';

describe('canonicalJson', () => {
  // Numbers of RFC 8785, appendix B, and the sorting example of section 3.2.3.
  it.each([
    [1e21, '1e+21'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [-0, '0'],
    [333333333.3333333, '333333333.3333333'],
    [9007199254740992, '9007199254740992'],
  ])('writes %d as RFC 8785 does', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('sorts keys by UTF-16 units', () => {
    expect(canonicalJson({ '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    );
  });

  it('agrees with a whole-value canonicalizer, frozen (remembered) or not', () => {
    assertProperty(
      property(jsonValue({ maxDepth: 4 }), (value) => {
        const frozen: unknown = typeof value === 'object' && value !== null ? Object.freeze(value) : value;
        return (
          canonicalJson({ a: frozen, b: [frozen] }) === canonicalize({ a: value, b: [value] }) &&
          canonicalJson(frozen) === canonicalize(value)
        );
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it.each([
    ['NaN', { a: NaN }, 'value.a is NaN'],
    ['infinity', { a: [Infinity] }, 'value.a[0] is Infinity'],
    ['undefined', { a: undefined }, 'value.a is undefined'],
    ['a function', { a: () => 1 }, 'value.a is function'],
    ['a hole', { a: Array(1) }, 'value.a[0] is undefined'],
    ['a bigint', { a: 1n }, 'value.a is bigint'],
    ['a date', { a: new Date(0) }, 'value.a is not a plain object'],
    ['a map', { a: new Map() }, 'value.a is not a plain object'],
  ])('refuses %s', (_, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });

  it('does not remember what can still change', () => {
    const value = { a: 1 };
    canonicalJson(value);
    value.a = 2;
    expect(canonicalJson(value)).toBe('{"a":2}');
  });
});

describe('fingerprintOf', () => {
  it('is sha256 of the canonical kind, version, config and inputs', () => {
    const text =
      '{"config":{"tokenizer":{"kind":"bpe","vocabSize":1024}},"inputs":{"corpus":"ab"},"kind":"tokenizer","version":1}';
    expect(fingerprintOf('tokenizer', { tokenizer: { vocabSize: 1024, kind: 'bpe' } }, { corpus: 'ab' as never })).toBe(
      createHash('sha256').update(text).digest('hex'),
    );
  });
});

describe('fields added to the format later', () => {
  const config = { model: { hiddenSize: 32, kind: null }, finetune: { optimizer: { clipNorm: null }, steps: 8 } };
  const ids = (value: object): string => fingerprintOf('finetune', value, {});

  it('leave the identity as it was while they are null, at any depth, frozen or not', () => {
    const before = ids(config);
    const extended = {
      model: { ...config.model, headSize: null, constants: null },
      finetune: { ...config.finetune, margin: null, optimizer: { ...config.finetune.optimizer, momentStorage: null } },
    };
    expect(ids(extended)).toBe(before);
    Object.freeze(extended.model);
    Object.freeze(extended.finetune.optimizer);
    expect([ids(extended), ids(extended)]).toEqual([before, before]);
  });

  it('change it once they are set, to false, 0 or an empty map as well', () => {
    const values = [false, 0, {}, 'lora', { kind: 'x' }];
    const all = values.map((value) => ids({ ...config, model: { ...config.model, constants: value } }));
    expect(new Set([ids(config), ...all]).size).toBe(values.length + 1);
  });

  it('are no excuse for a field of the first format: its null is hashed', () => {
    expect(ids({ finetune: { optimizer: { clipNorm: null } } })).not.toBe(ids({ finetune: { optimizer: {} } }));
  });

  it('are all on the list, and only they: fields that are null by default, but for those at first', () => {
    const ofFirstFormat = ['packages', 'extends', 'select', 'title'];
    // Of kinds that had them from the start, so that nothing was ever recorded without: of `start: {kind: checkpoint}`,
    // of the columns of a user's own files, and of a server.
    const ofStart = ['name', 'contextLength', 'rewardPooling'];
    const ofColumns = [
      'prompt',
      'chosen',
      'rejected',
      'candidates',
      'group',
      'text',
      'label',
      'rating',
      'answer',
      'source',
    ];
    const ofEndpoint = ['system', 'keyVariable', 'price', 'tokens', 'money'];
    const ofCollections = ['path', 'licenses', 'shape', 'revision', 'removals', 'publish', 'from', 'last', 'reasons'];
    const ofRows = ['repository', 'license', 'language', 'id', 'digest', 'problem', 'completion', 'passed', 'status'];
    // Locations: no part of any identity.
    const ofTokenizerFile = ['config'];
    const ofChat = ['chatTemplate'];
    const ofTasks = ['train', 'anthropicHelpful', 'anthropicHhh', 'shp', 'summarize'];
    const ofPpe = ['mmluPro', 'math', 'gpqa', 'ifeval', 'mbppPlus'];
    // Of a kind that had them from the start.
    const ofProcessBench = ['calibration', 'threshold'];
    const ofSources = [...ofEndpoint, ...ofCollections, ...ofRows, ...ofTokenizerFile, ...ofChat, ...ofTasks];
    const ofBenchmarks = [...ofPpe, ...ofProcessBench];
    // The section `report` is part of no identity.
    const ofReport = ['claim', 'metric', 'pretrainPairs'];
    // What data are declared to be is moved out of identities, and the section `execution` is part of none.
    const ofPlans = ['declared', 'expectedTokens', 'expectedPool', 'accelerator', 'mfu', 'tokensAtOnce', 'peakFlops'];
    const ofAttempts = ['stageTimeoutSeconds', 'stuckAfterSeconds'];
    const ofSlurm = ['partition', 'account', 'time', 'cpusPerTask', 'memory', 'gpusPerNode'];
    const ofSections = [...ofReport, ...ofPlans, ...ofAttempts, ...ofSlurm];
    const first = new Set([...ofFirstFormat, ...ofStart, ...ofColumns, ...ofSources, ...ofBenchmarks, ...ofSections]);
    const isOffByDefault = new Map<string, boolean[]>();
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { readonly properties?: Readonly<Record<string, { readonly default?: unknown }>> };
      for (const [name, field] of Object.entries(properties ?? {}))
        isOffByDefault.set(name, [...(isOffByDefault.get(name) ?? []), field.default === null]);
      Object.values(node).forEach(visit);
    };
    // A section may be null as a whole; it then stands in no config at all.
    const sections = new Set<string>(sectionNames);
    visit(experimentJsonSchema(format));
    const off = [...isOffByDefault]
      .filter(([, defaults]) => defaults.includes(true))
      .map(([name]) => name)
      .filter((name) => !first.has(name) && !sections.has(name));
    expect(
      off.filter((name) => !addedFields.has(name)),
      'to be added to addedFields in harness/plan/fingerprint.ts',
    ).toEqual([]);
    expect([...addedFields].filter((name) => !sections.has(name) && isOffByDefault.get(name)?.includes(false))).toEqual(
      [],
    );
  });
});

describe('fields that were renamed', () => {
  const config = { budget: { pairs: 512 }, seed: 1, start: null };

  it('are hashed under the name that was recorded first', () => {
    const text = '{"config":{"seed":1,"until":{"pairs":512}},"inputs":{},"kind":"pretrain","version":3}';
    const digest = createHash('sha256').update(text).digest('hex');
    expect(fingerprintOf('pretrain', config, {})).toBe(digest);
    expect(fingerprintOf('decay', config, {})).not.toBe(digest);
  });

  it('are only those of the stage that has them', () => {
    expect(fingerprintOf('finetune', { budget: 1 }, {})).not.toBe(fingerprintOf('finetune', { until: 1 }, {}));
  });

  it('are found under their name of today in a record, of whatever time, without additions that are off', () => {
    expect(currentConfig('pretrain', { until: { pairs: 512 }, seed: 1 })).toEqual({ budget: { pairs: 512 }, seed: 1 });
    expect(currentConfig('decay', config)).toEqual({ budget: { pairs: 512 }, seed: 1 });
    expect(currentConfig('finetune', { until: 1, margin: null })).toEqual({ until: 1 });
    expect(currentConfig('unheard-of', { until: 1 })).toEqual({ until: 1 });
  });

  it('give a record and the config of today one identity', () => {
    const recorded = { until: { pairs: 512 }, seed: 1 };
    expect(fingerprintOf('pretrain', currentConfig('pretrain', recorded), {})).toBe(
      fingerprintOf('pretrain', config, {}),
    );
  });
});
