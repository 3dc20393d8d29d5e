import { describe, expect, it } from 'vitest';
import { MissingInputError, UserError } from '../errors';
import { failureFrom } from '../protocol/failure';
import { failureSentence, failureText, helpFor, inEditorWords } from './failureHelp';

describe('failureText', () => {
  it('equals the message of the command line', () => {
    const error = new UserError({ what: 'No such file.', where: ['a.npz'], action: 'Check the path.' });
    expect(failureText(failureFrom(error))).toBe(error.message);
  });
});

describe('failureSentence', () => {
  const told = (where: string[]) =>
    failureSentence(failureFrom(new UserError({ what: 'No such file.', where, action: 'Check the path.' })));

  it('says in one paragraph what, where and what to do', () => {
    expect(told(['a.npz'])).toBe('No such file: a.npz. Check the path.');
    expect(told([])).toBe('No such file. Check the path.');
  });

  it('names a few of many places', () => {
    expect(told(['a', 'b', 'c', 'd', 'e'])).toBe('No such file: a, b, c, 2 more. Check the path.');
  });
});

describe('an input without a value', () => {
  const error = new MissingInputError(
    { what: 'No value is given for «sr».', where: ['/sample/lenet.npz'], action: 'Write it as --input sr=VALUE.' },
    [{ name: 'sr', dtype: 'int64' }],
  );
  const failure = inEditorWords(failureFrom(error));

  it('is set by a button that the message names, not by a flag', () => {
    expect(failure.action).toContain('“Set Input Values…”');
    expect(failure.action).toContain('«sr»');
    expect(failureText(failure)).not.toContain('--input');
    const places = { sidecar: '/sample/lenet.landscape.json', data: '/sample/lenet.npz' };
    expect(helpFor(failure, places)).toEqual(['setInputs', 'openSidecar', 'chooseData']);
  });
});

describe('a message that names flags', () => {
  const told = (action: string) => inEditorWords({ kind: 'user', what: 'No targets.', where: [], action });
  const places = { sidecar: '/sample/lenet.landscape.json', data: '/sample/lenet.npz' };

  it('names the options file and leads there', () => {
    const failure = told('Take fewer with --samples N.');
    expect(failureText(failure)).not.toMatch(/--[a-z]/);
    expect(failure.action).toContain('“samples”');
    expect(helpFor(failure, places)[0]).toBe('openSidecar');
  });

  it('leads to the form where arrays are not assigned to inputs', () => {
    for (const action of [
      'Name the array with --input x=raw and --target KEY.',
      'Or name another with --input NAME=KEY.',
    ]) {
      const failure = told(action);
      expect(failure.action).toMatch(/“Map the Inputs…” opens a form.*$/);
      expect(failure.action).not.toMatch(/options file/);
      expect(helpFor(failure, places)).toEqual(['mapInputs', 'chooseData', 'openSidecar']);
    }
  });

  it('names the button that chooses data', () => {
    const failure = told('Give some with --data FILE.');
    expect(failure.action).toBe('Give some with “Choose Data…”.');
    expect(helpFor(failure, places)[0]).toBe('chooseData');
  });
});

describe('helpFor', () => {
  const inputs = { sidecar: '/sample/lenet.landscape.json', data: '/sample/lenet.npz' };
  const first = (what: string, where: string[] = [], name?: string): string | undefined =>
    helpFor({ kind: 'user', what, where, name }, inputs)[0];

  it('offers the place where the input can be corrected', () => {
    expect(first('The archive holds no arrays.', ['/sample/lenet.npz, array "input"'])).toBe('chooseData');
    expect(first('The target of sample 3 is 12, but the model distinguishes 10 classes.')).toBe('chooseData');
    expect(first('There is no option «smaples».', ['/sample/lenet.landscape.json, "smaples"'])).toBe('openSidecar');
    expect(first('No derivative rule for Foo.', ['Foo "n"'], 'MissingRuleError')).toBe('inspect');
    expect(first('The model has no trainable parameters.', ['/sample/lenet.onnx'])).toBe('inspect');
  });

  it('does not confuse words of a path with words of the message', () => {
    expect(first('This is a text file.', ['/sample/data/notes.onnx'], 'ModelFileError')).toBe('chooseModel');
  });

  it('offers to retry after an internal failure, and to show the log', () => {
    const failure = { kind: 'internal' as const, what: 'The analysis process has ended.', where: [] };
    expect(helpFor(failure, inputs)).toEqual(['retry', 'showLog']);
  });

  it('offers nothing after a cancel', () => {
    expect(helpFor({ kind: 'cancelled', what: 'Cancelled.', where: [] }, inputs)).toEqual([]);
  });
});
