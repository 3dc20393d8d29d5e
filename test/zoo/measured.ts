import { spawn } from 'node:child_process';

/** The outcome of a process, and the time and memory it took. */
export interface Measured {
  code: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
  /** Peak resident memory, in GiB; NaN where the process died before it could tell. */
  peak: number;
}

/**
 * Module that makes Node.js write its peak memory, in KiB, to a separate pipe when it ends. On Linux `maxRSS` begins
 * with the memory of the process that started this one, so the peak is read from the system's own count.
 */
const TELL_PEAK = `import { existsSync, readFileSync, writeSync } from 'node:fs';
process.on('exit', () => {
  const status = '/proc/self/status';
  const [, own] = (existsSync(status) && /^VmHWM:\\s*(\\d+)/m.exec(readFileSync(status, 'utf8'))) || [];
  writeSync(3, own ?? String(process.resourceUsage().maxRSS));
});`;

/** Runs a Node.js program in a process of its own, so that its peak memory is measured alone. */
export function runMeasured(program: string, args: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const tell = `data:text/javascript,${encodeURIComponent(TELL_PEAK)}`;
  const child = spawn(process.execPath, ['--import', tell, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = [1, 2, 3].map((i) => {
    const chunks: string[] = [];
    child.stdio[i]!.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    return chunks;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      const [stdout, stderr, peak] = texts.map((chunks) => chunks.join(''));
      const seconds = (performance.now() - started) / 1000;
      done({ code, stdout, stderr, seconds, peak: peak === '' ? NaN : Number(peak) / 2 ** 20 });
    });
  });
}
