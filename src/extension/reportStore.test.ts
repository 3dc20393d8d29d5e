import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../report/report';
import { ReportStore } from './reportStore';
import { stoppedRun } from './task';
import type { Task } from './task';

let folder: string;
let limit: number;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ridgeline-store-')), 'reports');
  limit = 10;
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const open = (): ReportStore => new ReportStore(folder, () => limit);

function report(model: string, day: number, more: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    complete: true,
    model: { path: model, sha256: 'ab', opset: 17, producer: '', parameterCount: 2, parameters: [] },
    lines: [{ direction: 'random', alpha: [0, 1], loss: [0.5, NaN] }],
    planes: [],
    diagnostics: [
      { id: 'saddle', title: 'Saddle', verdict: 'present', severity: 'high', summary: '', evidence: [], advice: [] },
    ],
    warnings: [],
    timings: {},
    provenance: {
      version: '0',
      seed: 0,
      options: {},
      data: '',
      started: `2026-01-0${day}T10:00:00.000Z`,
      machine: '',
    },
    ...more,
  };
}

describe('ReportStore', () => {
  it('lists a comparison under the model that it was asked for', async () => {
    const store = open();
    await store.save(report('/versions/a@1234567.onnx', 1), '/models/a.onnx');
    expect((await store.list('/models/a.onnx')).map(({ model }) => model)).toEqual(['/models/a.onnx']);
    expect((await store.latest('/models/a.onnx'))?.model.path).toBe('/versions/a@1234567.onnx');
    expect(await store.list('/versions/a@1234567.onnx')).toEqual([]);
  });

  it('is empty before anything was saved', async () => {
    expect(await open().list()).toEqual([]);
    expect(await open().latest('/a.onnx')).toBeUndefined();
  });

  it('finds reports after a restart, newest first and with non-finite numbers', async () => {
    const store = open();
    await store.save(report('/a.onnx', 1));
    await store.save(report('/b.onnx', 3));
    await store.save(report('/a.onnx', 2));
    const again = open();
    expect((await again.list()).map(({ started }) => started.slice(0, 10))).toEqual([
      '2026-01-03',
      '2026-01-02',
      '2026-01-01',
    ]);
    expect(await again.list('/a.onnx')).toMatchObject([
      { complete: true, verdicts: [{ id: 'saddle', verdict: 'present', severity: 'high' }] },
      { model: '/a.onnx' },
    ]);
    expect(await again.latest('/a.onnx')).toEqual(report('/a.onnx', 2));
  });

  it('replaces an unfinished report by the finished one of the same run', async () => {
    const store = open();
    await store.save(report('/a.onnx', 1, { complete: false }));
    await store.save(report('/a.onnx', 1));
    expect(await store.list()).toMatchObject([{ complete: true }]);
  });

  it('knows after a restart how to continue a run that was stopped, until it is finished', async () => {
    const task: Task = {
      model: '/runs/last.onnx',
      options: { preset: 'thorough', fresh: true },
      several: { kind: 'path', places: ['/runs'] },
    };
    const stopped = stoppedRun(task, { why: 'interrupted', fraction: 0.57 });
    await open().save(report('/runs/first.onnx', 1, { complete: false }), task.model, stopped);
    // A run that begins afresh would throw away what is to be continued.
    expect(await open().list(task.model)).toMatchObject([
      { stopped: { why: 'interrupted', fraction: 0.57, options: { preset: 'thorough' }, several: task.several } },
    ]);
    expect((await open().list(task.model))[0].stopped?.options).not.toHaveProperty('fresh');
    await open().save(report('/runs/first.onnx', 1), task.model);
    expect((await open().list(task.model))[0]).not.toHaveProperty('stopped');
  });

  it('keeps the requested number of reports and deletes the files of the others', async () => {
    limit = 2;
    const store = open();
    await Promise.all([1, 2, 3, 4].map((day) => store.save(report('/a.onnx', day))));
    expect((await store.list()).map(({ started }) => started.slice(9, 10))).toEqual(['4', '3']);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('removes one report or all', async () => {
    const store = open();
    const { id } = await store.save(report('/a.onnx', 1));
    await store.save(report('/a.onnx', 2));
    await store.remove(id);
    expect(await store.list()).toHaveLength(1);
    await store.remove();
    expect(await store.list()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['index.json']);
  });

  it('announces every change', async () => {
    const store = open();
    let changes = 0;
    const stop = store.onChange(() => changes++);
    await store.save(report('/a.onnx', 1));
    stop();
    await store.save(report('/a.onnx', 2));
    expect(changes).toBe(1);
  });

  it('says that a file is damaged, and keeps the others', async () => {
    const store = open();
    const { id } = await store.save(report('/a.onnx', 1));
    writeFileSync(join(folder, `${id}.json`), '{"schemaVersion": 1, "comp');
    await expect(store.load(id)).rejects.toThrow(/not valid JSON/);
    await store.save(report('/a.onnx', 2));
    expect(await store.list()).toHaveLength(2);
  });
});
