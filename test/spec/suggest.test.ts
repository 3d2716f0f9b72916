import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../harness/spec/index.ts';
import { editDistance, nearestWord } from '../../harness/spec/suggest.ts';

const commands =
  'validate plan sweep status logs retry ls show sql export collect report score data doctor bench'.split(' ');
const devices = ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs'];
const fields = [
  'formatVersion',
  'extends',
  'seeds',
  'finetune',
  'pretrain',
  'learningRate',
  'hiddenSize',
  'headSize',
  'keyValueHeads',
  'contextLength',
  'clipNorm',
  'samples',
  'steps',
];
const kinds = ['qwen2', 'llama', 'gemma2', 'gpt2', 'gpt-neox', 'wsd', 'cosine', 'pmp', 'lm'];

describe('nearestWord', () => {
  it.each([
    // Swapped, missing, added and wrong letters.
    ['valdiate', 'validate', commands],
    ['vlaidte', 'validate', commands],
    ['paln', 'plan', commands],
    ['plna', 'plan', commands],
    ['pan', 'plan', commands],
    ['swep', 'sweep', commands],
    ['sweeep', 'sweep', commands],
    ['stauts', 'status', commands],
    ['log', 'logs', commands],
    ['lsg', 'ls', commands],
    ['sl', 'ls', commands],
    ['shwo', 'show', commands],
    ['sqll', 'sql', commands],
    ['exprot', 'export', commands],
    ['repotr', 'report', commands],
    ['date', 'data', commands],
    ['dcotor', 'doctor', commands],
    ['SWEEP', 'sweep', commands],
    ['cdua', 'cuda', devices],
    ['wegpu', 'webgpu', devices],
    ['cpus', 'cpu', devices],
    ['wds', 'wsd', kinds],
    ['qwen3', 'qwen2', kinds],
    ['gpt3', 'gpt2', kinds],
    ['gptneox', 'gpt-neox', kinds],
    ['smaples', 'samples', fields],
    ['seed', 'seeds', fields],
    ['fintune', 'finetune', fields],
    ['learning_rate', 'learningRate', fields],
    ['learnignRaet', 'learningRate', fields],
    // The beginning of a word, or of each of its parts.
    ['val', 'validate', commands],
    ['stat', 'status', commands],
    ['clip', 'clipNorm', fields],
    ['context', 'contextLength', fields],
    ['lr', 'learningRate', fields],
    ['kvHeads', 'keyValueHeads', fields],
    ['hidSize', 'hiddenSize', fields],
  ] as const)('%s is meant as %s', (found, word, allowed) => {
    expect(nearestWord(found, allowed)).toBe(word);
  });

  it.each([
    ['help', commands],
    ['init', commands],
    ['version', commands],
    ['run', commands],
    ['train', commands],
    ['test', commands],
    ['list', commands],
    ['clean', commands],
    ['plot', commands],
    ['lm', commands],
    ['install', commands],
    ['x', commands],
    ['', commands],
    ['gpu', devices],
    ['metal', devices],
    ['tpu', devices],
    ['foo', fields],
    ['bar', fields],
    ['lr2', fields],
    // Two words begin so: neither is more likely.
    ['hs', fields],
    ['re', commands],
    ['dpo', kinds],
    ['bert', kinds],
  ] as const)('%s is meant as none of the words', (found, allowed) => {
    expect(nearestWord(found, allowed)).toBeNull();
  });

  it('takes the nearest of several words', () => {
    expect(nearestWord('pmp-513', ['pmp-1513', 'pmp-5134', 'pmp-512'])).toBe('pmp-1513');
    expect(didYouMean('reporrt', ['export', 'report'])).toBe('did you mean report?');
    expect(didYouMean('gpu', devices)).toBeNull();
  });
});

describe('editDistance', () => {
  it.each([
    ['samples', 'samples', 0],
    ['smaples', 'samples', 1],
    ['stpes', 'steps', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('%s to %s is %i', (a, b, distance) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance]);
  });
});
