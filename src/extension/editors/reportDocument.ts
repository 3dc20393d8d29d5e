import * as vscode from 'vscode';
import { UserError } from '../../errors';
import { failureFrom } from '../../protocol/failure';
import { spokenInEditor } from '../../protocol/spokenInEditor';
import type { Failure } from '../../protocol/worker';
import { reportFromJson } from '../../report/json';
import type { Report } from '../../report/report';
import { formatBytes } from '../../text/sizes';
import { watchFolderOf } from './folderWatch';
import { t } from '../translate';

/** Longest report file. A report of a hundred planes has a few megabytes. */
const LONGEST = 2 ** 28;

export type ReportState =
  { kind: 'reading' } | { kind: 'failed'; failure: Failure } | { kind: 'report'; report: Report };

/** A report in a file of its own. It follows the file on the disk. */
export class ReportDocument implements vscode.CustomDocument {
  state: ReportState = { kind: 'reading' };
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly watch: vscode.Disposable | undefined;
  private readings = 0;

  constructor(readonly uri: vscode.Uri) {
    if (uri.scheme === 'file') {
      this.watch = watchFolderOf(uri.fsPath, (files) => files.has(uri.fsPath) && void this.reload());
    }
    void this.reload();
  }

  async reload(): Promise<void> {
    const reading = ++this.readings;
    const state = await this.read();
    // A later reading knows a newer file.
    if (reading !== this.readings) return;
    this.state = state;
    this.changed.fire();
  }

  dispose(): void {
    this.watch?.dispose();
    this.changed.dispose();
  }

  private async read(): Promise<ReportState> {
    try {
      return { kind: 'report', report: spokenInEditor(reportFromJson(await this.text())) };
    } catch (error) {
      const failure = failureFrom(error);
      const action = t('To read it as text, choose “Reopen Editor With…” in the menu of its tab.');
      return {
        kind: 'failed',
        failure: failure.kind === 'internal' ? failure : { ...failure, where: [this.uri.fsPath], action },
      };
    }
  }

  /** Reads the file by the editor, since it may be that of an earlier commit. */
  private async text(): Promise<string> {
    const { fs } = vscode.workspace;
    try {
      const { size } = await fs.stat(this.uri);
      if (size > LONGEST) {
        throw new UserError({
          what: t('The file has {0}; a report has at most {1}.', formatBytes(size), formatBytes(LONGEST)),
        });
      }
      return Buffer.from(await fs.readFile(this.uri)).toString('utf8');
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError)) throw error;
      throw new UserError({ what: t('The report cannot be read: {0}.', error.message) }, { cause: error });
    }
  }
}
