import { dirname } from 'node:path';
import * as vscode from 'vscode';

/** Programs write a file in several steps, so the reader waits until it has been still for this long. */
const STILL_MS = 300;

/**
 * Watches the folder of a file. Reports the files that were created, changed or deleted, once they have been still for
 * a moment. The pattern names no file, since names may contain characters that mean something in patterns.
 */
export function watchFolderOf(file: string, changed: (files: ReadonlySet<string>) => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.file(dirname(file)), '*'),
  );
  let files = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const note = ({ fsPath }: vscode.Uri): void => {
    files.add(fsPath);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const noted = files;
      files = new Set();
      changed(noted);
    }, STILL_MS);
  };
  watcher.onDidCreate(note);
  watcher.onDidChange(note);
  watcher.onDidDelete(note);
  return {
    dispose() {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
