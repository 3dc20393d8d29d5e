import * as vscode from 'vscode';
import type { ModelReaders } from './modelDocument';
import { MODEL_EDITOR, ModelEditor } from './modelEditor';
import type { ModelRequests } from './modelEditor';
import { REPORT_EDITOR, REPORT_EDITOR_ON_REQUEST, ReportEditor } from './reportEditor';
import type { ReportRequests } from './reportEditor';

/** Registers the editors of models and reports. */
export function registerEditors(
  extension: vscode.Uri,
  readers: ModelReaders,
  requests: { models: ModelRequests; reports: ReportRequests },
): { configure: (model: string) => Promise<void>; registrations: vscode.Disposable[] } {
  const models = new ModelEditor(extension, readers, requests.models);
  const reports = new ReportEditor(extension, requests.reports);
  const register = (type: string, editor: vscode.CustomReadonlyEditorProvider): vscode.Disposable =>
    vscode.window.registerCustomEditorProvider(type, editor, { supportsMultipleEditorsPerDocument: true });
  const registrations = [
    register(MODEL_EDITOR, models),
    register(REPORT_EDITOR, reports),
    register(REPORT_EDITOR_ON_REQUEST, reports),
  ];
  return { configure: (model) => models.configure(model), registrations };
}
