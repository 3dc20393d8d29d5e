import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import type { Report } from '../../src/report/report';
import { eventually } from './slurm';

export const root = resolve(import.meta.dirname, '../..');
const FAULTS = pathToFileURL(join(import.meta.dirname, 'faults.mjs')).href;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface Running {
  ended: Promise<Ended>;
  /** As Ctrl+C does. */
  interrupt(): void;
}

/** What a test does to a run: see faults.mjs. */
export interface Fault {
  fault: 'hold' | 'refuse';
  part: number;
}

/** Starts the built command line as a person in `folder` does. @param extra further environment */
export function start(folder: string, args: readonly string[], fault?: Fault, extra: NodeJS.ProcessEnv = {}): Running {
  const env = {
    ...process.env,
    ...extra,
    ...(fault && { NODE_OPTIONS: `--import=${FAULTS}`, FAULT: fault.fault, PART: String(fault.part) }),
  };
  const child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: folder, env });
  const outcome = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (outcome.stdout += text));
  child.stderr.on('data', (text) => (outcome.stderr += text));
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, ...outcome })));
  return { ended, interrupt: () => void child.kill('SIGINT') };
}

/** Runs the command line to its end, which must be a good one. */
export async function ridgeline(folder: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await start(folder, args).ended;
  expect(code, stderr).toBe(0);
  return stdout;
}

export type Figures = Omit<Report, 'timings' | 'cluster' | 'provenance'>;

/** A report's figures: all but where, when and how fast it was measured. */
export async function figures(file: string): Promise<Figures> {
  const { provenance, ...rest } = await reportIn(file);
  const same = { ...provenance, options: undefined, started: undefined, threads: undefined };
  const figures = { ...rest, timings: undefined, cluster: undefined, provenance: same };
  return figures;
}

export const reportIn = async (file: string): Promise<Report> => JSON.parse(await readFile(file, 'utf8')) as Report;

/** The folder of the only run in a cache folder, once it is there. */
export async function runIn(cache: string): Promise<string> {
  const [name] = await readdir(join(cache, 'cluster'));
  return join(cache, 'cluster', name);
}

/** Waits for the task that a fault holds. @returns its process and its node */
export function held(cache: string): Promise<{ pid: number; node: string }> {
  return eventually(async () => JSON.parse(await readFile(join(await runIn(cache), 'held.json'), 'utf8')));
}

/** The numbers of the parts that are there. */
export async function partsIn(run: string): Promise<number[]> {
  const names = await readdir(join(run, 'parts'));
  const parts = names.flatMap((name) => (/^\d+\.part$/.test(name) ? [parseInt(name, 10)] : []));
  return parts.sort((a, b) => a - b);
}

export const submissionsIn = async (run: string): Promise<number> => (await readdir(join(run, 'submissions'))).length;
