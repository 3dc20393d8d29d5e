import type { Report } from '../../src/report/report';
import { fileNames } from '../../src/report/text/fileNames';
import { counted } from '../../src/text/counts';
import { baseName } from '../directions';

/** Names what was analysed: a model, several that are compared, or the checkpoints of a training run. */
export function titleOf({ model, comparison, path }: Report): string {
  const name = baseName(model.path);
  if (path) return `${counted(path.checkpoints.length, 'checkpoint')} up to ${name}`;
  if (!comparison) return name;
  const [first, ...others] = fileNames([model, ...comparison.models.slice(1)].map(({ path: file }) => file));
  return `${first} compared with ${others.length > 2 ? `${others.length} others` : others.join(' and ')}`;
}
