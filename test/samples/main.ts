import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { sampleFiles } from './files';

/** Writes the files of every bundled sample into the folder, and removes what else is there. */
async function main(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  let total = 0;
  for (const [path, bytes] of sampleFiles()) {
    const file = resolve(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    total += bytes.length;
  }
  process.stdout.write(`${folder}: ${total} bytes\n`);
}

await main(process.argv[2]);
