import * as vscode from 'vscode';
import { version } from '../../package.json';

/** What VS Code 1.101 and later offer. The types of the oldest version that is supported do not have it. */
interface McpApi {
  McpStdioServerDefinition: new (
    label: string,
    command: string,
    args: string[],
    env: Record<string, string>,
    version: string,
  ) => object;
  lm: { registerMcpServerDefinitionProvider(id: string, provider: object): vscode.Disposable };
}

/** Offers `ridgeline mcp` to the agents of editors that know the Model Context Protocol, without any configuration. */
export function registerMcpProvider(extension: vscode.Uri): vscode.Disposable[] {
  if (!isSince101(vscode.version)) return [];
  const { McpStdioServerDefinition, lm } = vscode as unknown as McpApi;
  const { command, args, env } = mcpServer(extension);
  const definition = new McpStdioServerDefinition('Ridgeline', command, args, env, version);
  return [
    lm.registerMcpServerDefinitionProvider('ridgeline.agents', { provideMcpServerDefinitions: () => [definition] }),
  ];
}

/** The command that starts the server. */
export function mcpServer(extension: vscode.Uri): { command: string; args: string[]; env: Record<string, string> } {
  const server = vscode.Uri.joinPath(extension, 'dist', 'mcp.js').fsPath;
  // On the desktop the extension host is Electron, which runs as Node only with ELECTRON_RUN_AS_NODE.
  return { command: process.execPath, args: [server], env: { ELECTRON_RUN_AS_NODE: '1' } };
}

/** Earlier versions have functions of the same names under another contribution point, and refuse ours. */
function isSince101(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 101);
}
