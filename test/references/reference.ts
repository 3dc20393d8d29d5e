import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { reportFromJson } from '../../src/report/json';
import type { Report } from '../../src/report/report';

/** Float64 figures of a reference model that another library computed. */
export interface Reference {
  loss_function: string;
  parameters: number;
  samples: number;
  loss: number;
  gradient_norm: number;
  theta_norm: number;
  gradient_norm_by_tensor: Record<string, number>;
  gHg: number;
  Hg_norm: number;
  tHt: number;
  Ht_norm: number;
  gGg: number;
  line_minus_g_over_norm: [number, number][];
  line_scale_theta: [number, number][];
  plane_theta_g: { a: number[]; b: number[]; loss: number[][] };
  eigenvalues_top: number[];
  eigenvalues_bottom: number[];
  ggn_eigenvalues_top?: number[];
  trace: number;
  trace_stderr?: number;
}

export const fixtureFolder = (name: string) => resolve(__dirname, '../fixtures', name);

export function readReference(name: string): Reference {
  return JSON.parse(readFileSync(join(fixtureFolder(name), 'reference.json'), 'utf8')) as Reference;
}

/** Options that measure both lines at the steps of the references. */
const LINES = [
  'gradient:-1:0:2',
  'gradient:-0.1:0:2',
  'gradient:-0.01:0:2',
  'gradient:-0.001:0:2',
  'parameters:-0.5:0.5:11',
  'parameters:-0.01:0.01:3',
];

/** Analyses a reference model through the command line, as a person would. */
export async function analyzeByCommandLine(name: string, { loss_function }: Reference): Promise<Report> {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-reference-'));
  const output = join(scratch, 'report.json');
  const folder = fixtureFolder(name);
  const options = ['--loss', loss_function, '--top', '6', '--bottom', '4', '--provider', 'cpu'];
  const parts = ['--only', 'loss,gradient,spectrum,ggn,lines', ...LINES.flatMap((line) => ['--line', line])];
  try {
    await promisify(execFile)(process.execPath, [
      resolve(__dirname, '../../dist/cli.js'),
      'analyze',
      join(folder, 'model.onnx'),
      '--data',
      join(folder, 'data.npz'),
      ...options,
      ...parts,
      '--output',
      output,
      '--cache',
      join(scratch, 'cache'),
      '--quiet',
    ]);
    return reportFromJson(readFileSync(output, 'utf8'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
