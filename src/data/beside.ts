import { basename, dirname, extname, join } from 'node:path';
import { exists, listFolder } from './files';

const FORMS = ['.npz', '.csv', '.parquet'];

/**
 * Data that lie beside a model, best first: `<model>.npz`, `data.npz` (or .csv, .parquet), `test_data_set_0/`.
 * The sidecar file is not looked into: what it names is the person's own choice already.
 */
export async function dataBeside(model: string): Promise<string[]> {
  const folder = dirname(model);
  const stem = basename(model, extname(model));
  const files = [stem, 'data'].flatMap((name) => FORMS.map((form) => join(folder, `${name}${form}`)));
  // A folder that cannot be listed is the model's problem, and said when the model is opened.
  const names = (await exists(folder)) ? await listFolder(folder) : [];
  const sets = names.filter((name) => /^test_data_set_\d+$/.test(name)).map((name) => join(folder, name));
  const there = await Promise.all(files.map(exists));
  return [...new Set([...files.filter((_, i) => there[i]), ...sets.slice(0, 1)])];
}
