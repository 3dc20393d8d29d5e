import * as vscode from 'vscode';
import type { ModelReaders } from './modelDocument';
import { MODEL_EDITOR, ModelEditor } from './modelEditor';
import type { ModelRequests } from './modelEditor';

/** Registers the editors of models and reports. */
export function registerEditors(
  extension: vscode.Uri,
  readers: ModelReaders,
  requests: ModelRequests,
): vscode.Disposable[] {
  const models = new ModelEditor(extension, readers, requests);
  return [
    vscode.window.registerCustomEditorProvider(MODEL_EDITOR, models, { supportsMultipleEditorsPerDocument: true }),
  ];
}
