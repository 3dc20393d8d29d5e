import * as vscode from 'vscode';

/** Each test file is a bundle of its own, so what they share lies on the global object. */
const shared = globalThis as { ridgelineExecuted?: Set<string> };

/** The ids of the commands that the suite has executed so far. */
export const executedCommands = (shared.ridgelineExecuted ??= new Set());

/** Notes every command that a test executes from now on. */
export function noteExecutedCommands(): void {
  const commands = vscode.commands as { executeCommand: typeof vscode.commands.executeCommand };
  const execute = commands.executeCommand;
  commands.executeCommand = (id, ...rest) => {
    executedCommands.add(id);
    return execute(id, ...rest);
  };
}
