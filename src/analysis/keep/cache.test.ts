import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportFromJson } from '../../report/json';
import type { Report } from '../../report/report';
import { Cache } from './cache';
import { claimJournal } from '../../journal/claim';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = async () => reportFromJson(await readFile('test/fixtures/reports/synthetic-saddle.json', 'utf8'));
const put = (path: string, bytes: number, age: number) => {
  const file = join(folder, path);
  writeFileSync(file, Buffer.alloc(bytes));
  const used = new Date(Date.now() - age * 1000);
  utimesSync(file, used, used);
};
const files = () => [...readdirSync(join(folder, 'reports')), ...readdirSync(join(folder, 'journals'))].sort();

it('returns a stored report unchanged', async () => {
  const cache = await Cache.open(folder);
  const stored = await report();
  await cache.store('a', stored);
  expect(await cache.report('a')).toEqual(stored);
  expect(files()).toEqual(['a.json']);
});

it('ignores and deletes a report that cannot be read', async () => {
  const cache = await Cache.open(folder);
  writeFileSync(join(folder, 'reports', 'a.json'), '{ "schemaVersion": 1, ');
  expect(await cache.report('a')).toBeNull();
  expect(files()).toEqual([]);
});

it('ignores a report in which a figure was changed, and says so', async () => {
  const cache = await Cache.open(folder);
  await cache.store('a', await report());
  const path = join(folder, 'reports', 'a.json');
  const kept = JSON.parse(await readFile(path, 'utf8')) as Report;
  let damaged = 0;
  // Different whitespace is no damage.
  writeFileSync(path, JSON.stringify(kept));
  expect(await cache.report('a', () => damaged++)).not.toBeNull();
  writeFileSync(path, JSON.stringify({ ...kept, objective: { ...kept.objective, loss: 7.77 } }));
  expect(await cache.report('a', () => damaged++)).toBeNull();
  expect(damaged).toBe(1);
  expect(files()).toEqual([]);
});

it('deletes the least recently used files beyond its size limit', async () => {
  const cache = await Cache.open(folder, { bytes: 1000, reports: 10 });
  put('reports/old.json', 300, 30);
  put('journals/new.journal', 500, 10);
  put('reports/newer.json', 300, 5);
  await cache.evict();
  expect(files()).toEqual(['new.journal', 'newer.json']);
});

it('keeps only the thousand most recent thread choices', async () => {
  const cache = await Cache.open(folder);
  mkdirSync(cache.threads);
  for (let i = 0; i < 1002; i++) put(join('threads', `${i}.json`), 1, i);
  await cache.evict();
  expect(readdirSync(cache.threads)).toHaveLength(1000);
  expect(readdirSync(cache.threads)).not.toContain('1000.json');
});

it('deletes the least recently used reports beyond its count limit', async () => {
  const cache = await Cache.open(folder, { bytes: 1e9, reports: 2 });
  for (const name of ['a', 'b', 'c']) await cache.store(name, await report());
  ['a', 'b', 'c'].forEach((name, i) => {
    const used = new Date(Date.now() - (30 - i) * 1000);
    utimesSync(join(folder, 'reports', `${name}.json`), used, used);
  });
  await cache.report('a');
  await cache.evict();
  expect(files()).toEqual(['a.json', 'c.json']);
});

it('keeps a journal that is being written, and deletes half-written files of a crash', async () => {
  const cache = await Cache.open(folder, { bytes: 100, reports: 2 });
  const claim = await claimJournal(cache.journals, 'a');
  writeFileSync(claim.path, Buffer.alloc(500));
  put('reports/b.json.1.new', 10, 7200);
  put('reports/c.json.2.new', 10, 1);
  await cache.evict();
  expect(files()).toEqual([claim.path.split(/[\\/]/).pop(), 'c.json.2.new'].sort());
  await claim.remove();
});
