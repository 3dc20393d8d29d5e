import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { version } from '../../package.json';
import type { EngineClient } from '../client/engineClient';
import { analyzeTool } from './analyzeTool';
import { inspectTool } from './inspectTool';
import { KnownReports } from './knownReports';
import { reportTool } from './reportTool';

/** Tells an agent, once, when to use which tool. */
const INSTRUCTIONS =
  'Ridgeline diagnoses the training of ONNX models: saddle points, flat regions, ill-conditioning, gradient noise, dead units and more, from exact gradients and Hessians of the file. Call inspect_model first: it is fast and says what can be measured and how long it takes. analyze_landscape measures and judges; get_report shows sections of a finished report in full. Every figure carries an error; do not claim more than it allows.';

/** Offers Ridgeline's inspection, analysis and reports as tools of the Model Context Protocol. */
export function agentServer(engine: EngineClient): McpServer {
  const server = new McpServer({ name: 'ridgeline', version }, { instructions: INSTRUCTIONS });
  const reports = new KnownReports();
  inspectTool(server, engine);
  analyzeTool(server, engine, reports);
  reportTool(server, reports);
  return server;
}
