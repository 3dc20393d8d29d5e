import * as vscode from 'vscode';
import { shown } from '../foreignText';
import type { InputWish } from '../options/options';
import { readSidecar, writeSidecar } from '../options/sidecar';
import type { Failure } from '../protocol/worker';
import { example, readValue } from './inputValue';
import { shownName } from './shownName';
import { t } from './translate';

/**
 * Asks for the value of each input and adds the values to the options file beside the model.
 * @returns true if the user gave every value
 */
export async function askForInputs(model: string, inputs: NonNullable<Failure['inputs']>): Promise<boolean> {
  const given: [string, InputWish][] = [];
  for (const [i, { name, dtype }] of inputs.entries()) {
    const text = await vscode.window.showInputBox({
      title: t(
        'Input {0} of {1}{2}',
        shown(name),
        shownName(model),
        inputs.length > 1 ? t(' ({0} of {1})', i + 1, inputs.length) : '',
      ),
      prompt: t('One value for all samples, of type {0}. It is saved beside the model.', shown(dtype)),
      placeHolder: example(dtype),
      ignoreFocusOut: true,
      validateInput(written) {
        const read = readValue(written, dtype);
        return 'fault' in read ? read.fault : undefined;
      },
    });
    const read = text === undefined ? null : readValue(text, dtype);
    if (!read || 'fault' in read) return false;
    given.push([name, read.value]);
  }
  const before = Object.entries((await readSidecar(model))?.input ?? {});
  await writeSidecar(model, { input: Object.fromEntries([...before, ...given]) });
  return true;
}
