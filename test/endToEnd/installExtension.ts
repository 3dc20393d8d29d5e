import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageExtension } from '../../scripts/package.mjs';
import { installExtension } from '../../scripts/workbench/server.mjs';

/** The environment variable that names the folder of installed extensions. */
export const INSTALLED = 'RIDGELINE_TEST_EXTENSIONS';

/** Packages the extension and installs it once, for the workbenches of all tests. */
export function setup(): () => void {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-extensions-'));
  const extensions = join(scratch, 'extensions');
  const extension = packageExtension({ out: '.cache/package/endToEnd.vsix' });
  installExtension({ state: join(scratch, 'state'), extensions, extension });
  process.env[INSTALLED] = extensions;
  return () => rmSync(scratch, { recursive: true, force: true });
}
