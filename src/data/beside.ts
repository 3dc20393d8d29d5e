import { basename, dirname, extname, join } from 'node:path';
import { exists, listFolder } from './files';

const FORMS = ['.npz', '.csv', '.parquet'];

/**
 * Finds data files next to a model, best first: `<model>.npz`, `data.npz` (or .csv, .parquet), `test_data_set_0/`.
 * This function does not read the sidecar file, because the user has already chosen the data that it names.
 */
export async function dataBeside(model: string): Promise<string[]> {
  const folder = dirname(model);
  const stem = basename(model, extname(model));
  const files = [stem, 'data'].flatMap((name) => FORMS.map((form) => join(folder, `${name}${form}`)));
  // If the folder cannot be listed, opening the model reports that.
  const names = (await exists(folder)) ? await listFolder(folder) : [];
  const sets = names.filter((name) => /^test_data_set_\d+$/.test(name)).map((name) => join(folder, name));
  const there = await Promise.all(files.map(exists));
  return [...new Set([...files.filter((_, i) => there[i]), ...sets.slice(0, 1)])];
}
