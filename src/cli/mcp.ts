import { join } from 'node:path';
import { Command } from 'commander';

export function mcpCommand(): Command {
  return new Command('mcp')
    .description('Serve inspection, analysis and reports to agents, by the Model Context Protocol on stdin and stdout.')
    .action(async () => {
      // A bundle of its own, so that no other command loads the protocol.
      const server = join(__dirname, 'mcp.js');
      await import(server);
    });
}
