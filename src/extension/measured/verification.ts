import { stat } from 'node:fs/promises';
import type { EngineClient } from '../../client/engineClient';
import { Verify } from '../../protocol/worker';
import { modelOptions } from '../modelOptions';
import { shownName } from '../shownName';
import { t } from '../translate';
import { startingText } from './measuredPages';
import type { MeasuredKind } from './measuredPages';

/** Checks the derivatives of a model on its data. The subject is the path of the model. */
export function verification(engine: EngineClient): MeasuredKind<'verification'> {
  return {
    name: 'verification',
    viewType: 'ridgeline.verification',
    title: (model) => t('{0}: verification', shownName(model)),
    heading: (model) => ({ title: shownName(model), path: model }),
    starting: () => startingText(engine),
    async measure(model, hooks) {
      const options = await modelOptions(model);
      const fileTime = await timeOf(model);
      const { checks } = await engine.request(Verify, { model, options }, hooks);
      return { checks, data: options.data ?? '', fileTime };
    },
    async since(model, { fileTime }) {
      const now = await timeOf(model);
      if (now === fileTime) return undefined;
      return now === GONE ? 'gone' : 'changed';
    },
  };
}

const GONE = -1;

async function timeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return GONE;
  }
}
