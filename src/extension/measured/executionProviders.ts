import * as vscode from 'vscode';
import type { EngineClient } from '../../client/engineClient';
import type { Precision } from '../../options/options';
import { Providers } from '../../protocol/worker';
import { SECTION } from '../settings';
import { t } from '../translate';
import { startingText } from './measuredPages';
import type { MeasuredKind } from './measuredPages';

/** The machine on which the extension runs, the only subject of its providers. */
export const THIS_MACHINE = 'machine';

/** Tries the execution providers of the machine. */
export function executionProviders(engine: EngineClient): MeasuredKind<'providers'> {
  return {
    name: 'providers',
    viewType: 'ridgeline.providers',
    title: () => t('Execution providers'),
    heading: () => ({ title: '', path: '' }),
    starting: () => startingText(engine),
    measure: (_machine, hooks) =>
      engine.request(
        Providers,
        { precision: vscode.workspace.getConfiguration(SECTION).get<Precision>('precision') },
        hooks,
      ),
    since: () => Promise.resolve(undefined),
  };
}
