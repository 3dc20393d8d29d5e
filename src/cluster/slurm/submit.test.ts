import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoted, wordsOf } from './submit';
import { tasksIn } from './queue';

describe('words for the shell', () => {
  it('come out of a shell as they went in', () => {
    for (const word of ['plain', 'a b', "it's", '$HOME `id` "x"', '\\', ''])
      expect(execFileSync('/bin/sh', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' })).toBe(word);
  });
});

describe('further arguments', () => {
  it('are split at blanks outside of quotes', () => {
    expect(wordsOf('--partition=gpu  --gres=gpu:1')).toEqual(['--partition=gpu', '--gres=gpu:1']);
    expect(wordsOf(`--comment="two words" --constraint='a b'`)).toEqual(['--comment=two words', '--constraint=a b']);
    expect(wordsOf('  ')).toEqual([]);
  });
});

describe('the tasks of an array that wait', () => {
  it('are counted from ranges, steps and lists', () => {
    expect(tasksIn('')).toBe(1);
    expect(tasksIn('5')).toBe(1);
    expect(tasksIn('0-3,7%2')).toBe(5);
    expect(tasksIn('0-9:3')).toBe(4);
  });
});
