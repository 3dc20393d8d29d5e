import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { AnalysisOptions } from '../../src/options/options';
import type { StoredReport } from '../../src/extension/reportStore';
import type { Report } from '../../src/report/report';

const folder = vscode.workspace.workspaceFolders![0].uri.fsPath;

/** The address of a file in the workspace, which is a copy of the sample. */
export function fileUri(name: string): vscode.Uri {
  return vscode.Uri.file(join(folder, name));
}

/** Writes the sidecar that a person's answers would have left, so that the extension asks nothing. */
export async function writeSidecar(options: AnalysisOptions): Promise<void> {
  await writeFile(fileUri('lenet.landscape.json').fsPath, JSON.stringify(options));
}

export async function removeSidecar(): Promise<void> {
  await rm(fileUri('lenet.landscape.json').fsPath, { force: true });
}

/** Reads the index of stored reports from the disk, newest first. */
export async function storedReports(): Promise<StoredReport[]> {
  const lists = await Promise.all(
    (await reportFolders())
      .map((storage) => join(storage, 'index.json'))
      .filter(existsSync)
      .map(async (file) => JSON.parse(await readFile(file, 'utf8')) as StoredReport[]),
  );
  return lists.flat();
}

/** Reads the newest report from the disk. */
export async function latestReport(): Promise<Report> {
  const [{ id }] = await storedReports();
  const file = (await reportFolders()).map((storage) => join(storage, `${id}.json`)).find(existsSync);
  return JSON.parse(await readFile(file!, 'utf8')) as Report;
}

/** The folders in which the reports of this workspace are stored. */
export async function reportFolders(): Promise<string[]> {
  const root = process.env.RIDGELINE_TEST_STORAGE!;
  const workspaces = existsSync(root) ? await readdir(root) : [];
  return workspaces.map((name) => join(root, name, 'ridgeline.ridgeline/reports'));
}

/** Puts the workspace under version control and commits everything in it. */
export async function commitAll(): Promise<void> {
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: folder });
  await git('init', '-q');
  await git('add', '.');
  await git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'first');
}

/** Process ids of the workers this extension host has forked. */
export async function workerPids(): Promise<number[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, i) => commands[i].includes('worker.js'));
}

export function tabLabels(): string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}

/** Waits until `read` returns a value. */
export async function until<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  limitMs = 300_000,
): Promise<T> {
  for (const end = Date.now() + limitMs; Date.now() < end;) {
    const value = await read();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${limitMs / 1000} s for ${what}`);
}
