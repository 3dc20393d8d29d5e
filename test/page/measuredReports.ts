import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reportFromJson } from '../../src/report/json';
import type { Report } from '../../src/report/report';

const LANDSCAPES = 'test/fixtures/landscapes';
const PATH = ['other-1', 'other-2', 'model'].map((name) => `${LANDSCAPES}/basin/${name}.onnx`);
const BASIN = ['--data', `${LANDSCAPES}/basin/data.npz`, '--preset', 'quick'];
const EVERY_PART = 'loss,gradient,spectrum,ggn,lines,plane,dynamics,optimizers';

/** Command lines whose reports together fill every section of the page. */
const COMMANDS = {
  model: ['analyze', 'media/samples/overfitting/overfitting.onnx', '--only', EVERY_PART],
  comparison: ['compare', ...PATH.slice(0, 2), ...BASIN, '--only', 'loss,gradient,lines,plane', '--match'],
  path: ['path', ...PATH, ...BASIN],
};

/** Measures small models through the built command line, so that the page is tested with what it shows today. */
export async function measuredReports(): Promise<Record<keyof typeof COMMANDS, Report>> {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-page-'));
  try {
    const reports = await Promise.all(
      Object.entries(COMMANDS).map(async ([name, command]) => {
        const file = join(folder, `${name}.json`);
        const where = ['--provider', 'cpu', '--output', file, '--quiet'];
        await promisify(execFile)(process.execPath, ['dist/cli.js', ...command, ...where]);
        return [name, reportFromJson(readFileSync(file, 'utf8'))];
      }),
    );
    return Object.fromEntries(reports) as Record<keyof typeof COMMANDS, Report>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
