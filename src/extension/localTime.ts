import * as vscode from 'vscode';

/** Writes date and time as the language of the editor does. The language of the machine may be another. */
export function localTime(started: string): string {
  return new Date(started).toLocaleString(vscode.env.language);
}
