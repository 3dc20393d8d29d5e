import * as vscode from 'vscode';

const KINDS = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

/**
 * Catches the messages of the extension, which an extension host can neither read back nor answer.
 * @param answer title of the button to press where a message has it; all others are closed unanswered
 */
export function catchMessages(answer?: string): { texts: string[]; restore: () => void } {
  const window = vscode.window as unknown as Record<string, unknown>;
  const before = KINDS.map((kind) => window[kind]);
  const texts: string[] = [];
  for (const kind of KINDS) {
    window[kind] = (text: string, ...items: { title?: string }[]) => {
      texts.push(text);
      return Promise.resolve(items.find(({ title }) => title !== undefined && title === answer));
    };
  }
  return { texts, restore: () => KINDS.forEach((kind, i) => (window[kind] = before[i])) };
}

/** Takes the first row of every list that the extension shows. @returns the titles of the lists */
export function takeFirstRows(): { titles: string[]; restore: () => void } {
  const window = vscode.window as unknown as Record<string, unknown>;
  const before = window['showQuickPick'];
  const titles: string[] = [];
  window['showQuickPick'] = async (items: unknown, { title = '' }: vscode.QuickPickOptions) => {
    titles.push(title);
    return ((await items) as unknown[])[0];
  };
  return { titles, restore: () => (window['showQuickPick'] = before) };
}
