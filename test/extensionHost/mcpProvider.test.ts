import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as vscode from 'vscode';
import { mcpServer } from '../../src/extension/mcpProvider';
import { fileUri } from './workspace';

describe('the server that the extension offers to agents', () => {
  const { extensionUri, packageJSON } = vscode.extensions.getExtension('ridgeline.ridgeline')!;

  it('starts from the editor’s own runtime, and inspects a model for a client of the protocol', async () => {
    const { command, args, env } = mcpServer(extensionUri);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command, args, env, stderr: 'ignore' }));
    try {
      const { tools } = await client.listTools();
      const names = tools.map(({ name }) => name).sort();
      assert.deepEqual(names, ['analyze_landscape', 'get_report', 'inspect_model']);
      const model = fileUri('lenet.onnx').fsPath;
      const { content } = await client.callTool({ name: 'inspect_model', arguments: { model } });
      assert.match(JSON.stringify(content), /61,706 parameters/);
    } finally {
      await client.close();
    }
  });

  it('is contributed under the name that the extension registers', () => {
    const { contributes } = packageJSON as { contributes: { mcpServerDefinitionProviders: { id: string }[] } };
    assert.deepEqual(
      contributes.mcpServerDefinitionProviders.map(({ id }) => id),
      ['ridgeline.agents'],
    );
  });
});
