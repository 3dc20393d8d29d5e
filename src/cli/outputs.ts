import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors';
import type { AnalysisOptions } from '../options/options';
import { readPage, renderHtml } from '../report/html';
import { reportToJson } from '../report/json';
import { reportMarkdown } from '../report/markdown/reportMarkdown';
import type { Report } from '../report/report';
import { writeWhole } from '../writeWhole';
import { streamAt, writeAll } from './streams';

/** The built page, which lies next to the bundled command line. */
const PAGE = join(__dirname, 'webview');

const EXAMPLE = {
  '--output': 'report.json',
  '--html': 'report.html',
  '--markdown': 'report.md',
  '--save-best': 'best.onnx',
  '--save-matched': 'matched.onnx',
};

/** Creates the folders of the output files and checks that the files can be written, before minutes of work start. */
export async function checkOutputs({ output, html, markdown, saveBest, saveMatched }: AnalysisOptions): Promise<void> {
  for (const [flag, path] of [
    ['--output', output],
    ['--html', html],
    ['--markdown', markdown],
    ['--save-best', saveBest],
    ['--save-matched', saveMatched],
  ] as const) {
    if (path === undefined) continue;
    try {
      await mkdir(dirname(resolve(path)), { recursive: true });
      // An existing file or device may be writable although its folder is not.
      await access((await exists(path)) ? path : dirname(resolve(path)), constants.W_OK);
    } catch (cause) {
      throw unwritable(flag, path, cause);
    }
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) {
      throw new UserError({
        what: 'This is a folder, but a file name is needed.',
        where: [`${flag} ${path}`],
        action: `Write for example ${flag} ${join(path, EXAMPLE[flag])}.`,
      });
    }
  }
}

/** Writes the report to the files of the options. @returns the paths of the files */
export async function writeOutputs(report: Report, { output, html, markdown }: AnalysisOptions): Promise<string[]> {
  const files: [string, string | undefined, () => string | Promise<string>][] = [
    ['--output', output, () => reportToJson(report)],
    ['--html', html, async () => renderHtml(report, await readPage(PAGE))],
    ['--markdown', markdown, () => reportMarkdown(report)],
  ];
  const written: string[] = [];
  for (const [flag, path, text] of files) {
    if (path === undefined) continue;
    const content = await text();
    await write(path, content).catch((cause: unknown) => Promise.reject(unwritable(flag, path, cause)));
    written.push(path);
  }
  return written;
}

/** Writes a file atomically. A path that leads to a stream of this process is written through that stream. */
async function write(path: string, text: string): Promise<void> {
  const stream = await streamAt(path);
  await (stream ? writeAll(stream, text) : writeWhole(path, text));
}

/** Tells whether a report goes to standard output. Nothing else may go there then; the summary uses standard error. */
export async function takesStdout({ output, html, markdown }: AnalysisOptions): Promise<boolean> {
  for (const path of [output, html, markdown])
    if (path !== undefined && (await streamAt(path)) === process.stdout) return true;
  return false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function unwritable(flag: string, path: string, cause: unknown): UserError {
  const { code } = cause as NodeJS.ErrnoException;
  return new UserError(
    {
      what: `The report cannot be written: ${code ?? String(cause)}.`,
      where: [`${flag} ${path}`],
      action: 'Choose another place.',
    },
    { cause },
  );
}
