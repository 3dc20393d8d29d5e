import { join } from 'node:path';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { EngineClient } from '../client/engineClient';
import { agentServer } from './agentServer';

// Standard output belongs to the protocol, so the worker's lines go to standard error.
const engine = new EngineClient({
  script: join(__dirname, 'worker.js'),
  log: (line) => void process.stderr.write(`${line}\n`),
});
const server = agentServer(engine);
server.server.onclose = () => engine.dispose();
process.stdin.on('end', () => void server.close());
void server.connect(new StdioServerTransport());
