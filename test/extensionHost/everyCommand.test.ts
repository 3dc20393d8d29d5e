import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { executedCommands } from './executedCommands';

/** Runs after all other files of the suite. */
describe('the suite', () => {
  it('executes every command that the extension contributes', () => {
    const { packageJSON } = vscode.extensions.getExtension('ridgeline.ridgeline')!;
    const { commands } = (packageJSON as { contributes: { commands: { command: string }[] } }).contributes;
    const missing = commands.map(({ command }) => command).filter((id) => !executedCommands.has(id));
    assert.deepEqual(missing, [], 'these commands have no test');
  });
});
