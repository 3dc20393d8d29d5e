import { resolve } from 'node:path';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { EngineClient } from '../client/engineClient';
import { inspectionText } from '../client/agent/inspectionText';
import { answered, textAnswer } from './answers';

/** Tools work with absolute paths, as all that is found beside the model has them. */
export const modelPath = z
  .string()
  .transform((path) => resolve(path))
  .describe('Path of the .onnx file.');

export function inspectTool(server: McpServer, engine: EngineClient): void {
  server.registerTool(
    'inspect_model',
    {
      title: 'Inspect an ONNX model',
      description:
        'Lists inputs, outputs, parameters and operators of an ONNX model, what can be differentiated, the guessed loss, the expected time of an analysis, and the data files found beside the model. Runs nothing and takes a second.',
      inputSchema: { model: modelPath },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ model }, { signal }) => answered(async () => textAnswer(await inspectionText(engine, model, signal))),
  );
}
