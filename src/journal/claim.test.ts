import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimJournal, isHeld } from './claim';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
/** Returns the path that a claim by another process of this machine would have. */
const ownedBy = (claimed: string, pid: number) => claimed.replace(/-\d+-\d+\.journal$/, `-${pid}-0.journal`);
/** Returns the number of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

it('claims a free journal and frees it on release', async () => {
  put('key.journal', 'kept');
  put('other.journal', 'of another analysis');
  const claim = await claimJournal(folder, 'key');
  expect(readFileSync(claim.path, 'utf8')).toBe('kept');
  expect(await isHeld(claim.path)).toBe(true);
  await claim.release();
  expect(readdirSync(folder).sort()).toEqual(['key.journal', 'other.journal']);
});

it('gives a journal to one run only', async () => {
  put('key.journal', 'kept');
  const [first, second] = await Promise.all([claimJournal(folder, 'key'), claimJournal(folder, 'key')]);
  expect([existsSync(first.path), existsSync(second.path)].sort()).toEqual([false, true]);
  await Promise.all([first.remove(), second.remove()]);
  expect(readdirSync(folder)).toEqual([]);
});

it('claims the longest journal of dead processes and deletes the others', async () => {
  const { path, remove } = await claimJournal(folder, 'key');
  await remove();
  const [one, other] = [deadPid(), deadPid()];
  writeFileSync(ownedBy(path, one), 'short');
  writeFileSync(ownedBy(path, other), 'longer');
  const claim = await claimJournal(folder, 'key');
  expect(readFileSync(claim.path, 'utf8')).toBe('longer');
  expect(readdirSync(folder)).toHaveLength(1);
  await claim.remove();
});

it('leaves the journal of a living process, unless it was not touched for long', async () => {
  const { path, remove } = await claimJournal(folder, 'key');
  await remove();
  const living = ownedBy(path, process.ppid);
  const foreign = living.replace(/\.[0-9a-f]{8}-/, '.00000000-');
  for (const file of [living, foreign]) writeFileSync(file, 'kept');
  const second = await claimJournal(folder, 'key');
  expect([existsSync(living), existsSync(foreign), existsSync(second.path)]).toEqual([true, true, false]);
  await second.remove();
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const file of [living, foreign]) utimesSync(file, longAgo, longAgo);
  const third = await claimJournal(folder, 'key');
  expect(readFileSync(third.path, 'utf8')).toBe('kept');
  await third.remove();
});

it('claims no old journal when it starts afresh', async () => {
  put('key.journal', 'kept');
  const claim = await claimJournal(folder, 'key', true);
  expect(readdirSync(folder)).toEqual([]);
  await claim.remove();
});
