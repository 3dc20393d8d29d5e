import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import * as vscode from 'vscode';
import { RequestFailure } from '../../client/engineClient';
import type { EngineClient } from '../../client/engineClient';
import type { AnalysisOptions } from '../../options/options';
import { sidecarPath } from '../../options/sidecar';
import { failureFrom } from '../../protocol/failure';
import type { FoundData, ModelState, ToModelPage } from '../../protocol/modelPage';
import type { TensorStatistics } from '../../protocol/tensorStatistics';
import { DescribeWeights, FindData, Inspect } from '../../protocol/worker';
import type { Failure } from '../../protocol/worker';
import { modelOptions } from '../modelOptions';
import type { ReportStore } from '../reportStore';
import { shownName } from '../shownName';
import { verdictLine } from '../verdictIcon';
import { watchFolderOf } from './folderWatch';
import { t } from '../translate';

/** Numbers that one request describes at most, unless a single tensor has more: 256 MiB in float32. */
const MOST_NUMBERS = 2 ** 26;

export interface ModelReaders {
  /** Reads the graph and single weights. */
  viewer: EngineClient;
  /** Reads data, which may take long. */
  scout: EngineClient;
  store: ReportStore;
  log: vscode.LogOutputChannel;
}

/** What is known of an open model. All its pages show the same, and it follows the file on the disk. */
export class ModelDocument implements vscode.CustomDocument {
  private state: ModelState = { kind: 'reading' };
  private data: FoundData = { kind: 'searching' };
  private readonly statistics = new Map<string, TensorStatistics>();
  private readonly missing = new Set<string>();
  private readonly pages = new Set<(message: ToModelPage) => void>();
  private readonly subscriptions: { dispose(): unknown }[] = [];
  /** Ends everything that concerns the file as it was before it changed. */
  private reading = new AbortController();
  private searching = new AbortController();

  constructor(
    readonly uri: vscode.Uri,
    private readonly readers: ModelReaders,
  ) {
    if (uri.scheme !== 'file') {
      this.state = { kind: 'failed', failure: notOnDisk(uri) };
      return;
    }
    this.subscriptions.push(
      watchFolderOf(this.path, (files) => this.follow(files)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reload()),
      { dispose: readers.store.onChange(() => void this.tellReports()) },
    );
    this.reload();
  }

  get path(): string {
    return this.uri.fsPath;
  }

  /** Sends all that is known to a page, and everything new until the returned function is called. */
  attach(page: (message: ToModelPage) => void): () => void {
    this.pages.add(page);
    return () => void this.pages.delete(page);
  }

  /** Sends all that is known to a page that has just started. */
  tellAll(page: (message: ToModelPage) => void): void {
    page(this.model());
    page({ type: 'data', data: this.data });
    if (this.statistics.size > 0 || this.missing.size > 0) page(this.known());
    void this.tellReports(page);
  }

  /** Reads the file and searches for data again. */
  reload(): void {
    void this.read();
    void this.search();
  }

  /** Computes the statistics of tensors, a part at a time, and sends each part to the pages. */
  async describe(names: readonly string[]): Promise<void> {
    const { signal } = this.reading;
    for (const part of this.parts(names)) {
      const found = await this.asked(() =>
        this.readers.viewer.request(DescribeWeights, { model: this.path, names: part }, { signal }),
      );
      if (signal.aborted) return;
      const { tensors, missing } = found.kind === 'done' ? found.result : { tensors: [], missing: part };
      for (const tensor of tensors) this.statistics.set(tensor.name, tensor);
      for (const name of missing) this.missing.add(name);
      this.tell({ type: 'statistics', tensors, missing });
    }
  }

  dispose(): void {
    this.reading.abort();
    this.searching.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
    this.pages.clear();
  }

  private async read(): Promise<void> {
    this.reading.abort();
    const { signal } = (this.reading = new AbortController());
    const found = await this.asked(async () => {
      const { options, warning } = await this.options();
      const { size } = await stat(this.path).catch(() => ({ size: 0 }));
      const inspection = await this.readers.viewer.request(Inspect, { model: this.path, options }, { signal });
      if (warning !== undefined) inspection.warnings.unshift(warning);
      return { inspection, fileBytes: size };
    });
    if (signal.aborted) return;
    this.statistics.clear();
    this.missing.clear();
    this.state = found.kind === 'done' ? { kind: 'model', ...found.result } : found;
    this.tell(this.model());
  }

  private async search(): Promise<void> {
    this.searching.abort();
    const { signal } = (this.searching = new AbortController());
    const found = await this.asked(() => this.readers.scout.request(FindData, { model: this.path }, { signal }));
    if (signal.aborted) return;
    this.data = found.kind === 'done' ? { kind: 'found', candidates: found.result } : found;
    this.tell({ type: 'data', data: this.data });
  }

  /** The options of an analysis. A damaged options file must not hide the model, so it becomes a warning. */
  private async options(): Promise<{ options: AnalysisOptions; warning?: string }> {
    if (!vscode.workspace.isTrusted) return { options: {} };
    try {
      return { options: await modelOptions(this.path) };
    } catch (error) {
      const { what, where } = failureFrom(error);
      return { options: {}, warning: [what, ...where].join(' ') };
    }
  }

  private follow(files: ReadonlySet<string>): void {
    const stem = basename(this.path, extname(this.path));
    const concern = (file: string): boolean => [stem, 'data'].includes(basename(file, extname(file)));
    if (files.has(this.path) || files.has(sidecarPath(this.path))) this.reload();
    else if ([...files].some(concern)) void this.search();
  }

  private async asked<T>(
    work: () => Promise<T>,
  ): Promise<{ kind: 'done'; result: T } | { kind: 'failed'; failure: Failure }> {
    try {
      return { kind: 'done', result: await work() };
    } catch (error) {
      const failure = error instanceof RequestFailure ? error.failure : failureFrom(error);
      if (failure.kind === 'internal') this.readers.log.error(failure.log ?? failure.what);
      return { kind: 'failed', failure };
    }
  }

  /** Divides tensors into parts that fit into memory together. */
  private parts(names: readonly string[]): string[][] {
    const parameters = this.state.kind === 'model' ? this.state.inspection.parameters : [];
    const counts = new Map(parameters.map(({ name, count }) => [name, count]));
    const parts: string[][] = [];
    let room = 0;
    for (const name of names) {
      const count = counts.get(name) ?? 0;
      if (parts.length === 0 || count > room) {
        parts.push([]);
        room = MOST_NUMBERS;
      }
      parts.at(-1)!.push(name);
      room -= count;
    }
    return parts;
  }

  private model(): ToModelPage {
    const { path, state } = this;
    return { type: 'model', name: shownName(this.uri.path), path, trusted: vscode.workspace.isTrusted, state };
  }

  private known(): ToModelPage {
    return { type: 'statistics', tensors: [...this.statistics.values()], missing: [...this.missing] };
  }

  private async tellReports(page = (message: ToModelPage): void => this.tell(message)): Promise<void> {
    const stored = await this.readers.store.list(this.path);
    const reports = stored.map((report) => ({
      id: report.id,
      started: report.started,
      summary: verdictLine(report),
    }));
    page({ type: 'reports', reports });
  }

  private tell(message: ToModelPage): void {
    for (const page of this.pages) page(message);
  }
}

function notOnDisk(uri: vscode.Uri): Failure {
  return {
    kind: 'user',
    what: t('This model is not a file on this machine ({0}:).', uri.scheme),
    where: [uri.path],
    action:
      uri.scheme === 'git'
        ? t('To see what changed since the last commit, run “Compare with HEAD” on the model.')
        : t('Save it to a folder first.'),
  };
}
