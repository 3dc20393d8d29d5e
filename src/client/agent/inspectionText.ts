import { shownThroughout } from '../../foreignText';
import { inspectionMarkdown } from '../../protocol/inspectionMarkdown';
import { FindData, Inspect } from '../../protocol/worker';
import type { EngineClient } from '../engineClient';

/** What an agent reads of a model before an analysis: the inspection, and the data found beside the model. */
export async function inspectionText(engine: EngineClient, model: string, signal?: AbortSignal): Promise<string> {
  const inspection = shownThroughout(await engine.request(Inspect, { model, options: {} }, { signal }));
  const found = shownThroughout(await engine.request(FindData, { model }, { signal }));
  const data = found.map(({ path, description, fits }) => `- ${fits ? '' : 'does not fit: '}${path}: ${description}`);
  const beside = data.length > 0 ? `## Data beside the model\n\n${data.join('\n')}` : 'No data beside the model.';
  return `${inspectionMarkdown(inspection)}\n\n${beside}\n`;
}
