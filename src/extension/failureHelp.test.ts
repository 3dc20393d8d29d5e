import { describe, expect, it } from 'vitest';
import { UserError } from '../errors';
import { failureFrom } from '../protocol/failure';
import { failureText, helpFor } from './failureHelp';

describe('failureText', () => {
  it('is the message of the command line', () => {
    const error = new UserError({ what: 'No such file.', where: ['a.npz'], action: 'Check the path.' });
    expect(failureText(failureFrom(error))).toBe(error.message);
  });
});

describe('helpFor', () => {
  const first = (what: string, where: string[] = [], name?: string): string | undefined =>
    helpFor({ kind: 'user', what, where, name })[0];

  it('offers the place where the input can be mended', () => {
    expect(first('The shape does not fit.', ['data.npz, array "input"'])).toBe('chooseData');
    expect(first('Targets lie between 0 and 12, but the model has 10 classes.')).toBe('chooseData');
    expect(first('There is no option «smaples».', ['/m/lenet.landscape.json, "smaples"'])).toBe('openSidecar');
    expect(first('No derivative rule for Foo.', ['Foo "n"'], 'MissingRuleError')).toBe('inspect');
    expect(first('This is no ONNX model.', ['/m/notes.onnx'])).toBe('inspect');
  });

  it('offers to run again what broke on our side, and the log', () => {
    expect(helpFor({ kind: 'internal', what: 'The analysis process was ended.', where: [] })).toEqual([
      'retry',
      'showLog',
    ]);
  });

  it('offers nothing to a person who pressed Cancel', () => {
    expect(helpFor({ kind: 'cancelled', what: 'Cancelled.', where: [] })).toEqual([]);
  });
});
