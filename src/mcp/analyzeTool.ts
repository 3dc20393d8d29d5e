import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { expectedSecondsOf, optionsOfCall, withFoundData } from '../client/agent/agentOptions';
import type { EngineClient } from '../client/engineClient';
import { shownSentence, shownThroughout } from '../foreignText';
import { cacheFolder } from '../options/cacheFolder';
import { LOSSES, PARTS, PRESETS } from '../options/options';
import type { AnalysisOptions } from '../options/options';
import { pathsBelow, readSidecar } from '../options/sidecar';
import { Analyze } from '../protocol/worker';
import type { Report } from '../report/report';
import { reportMarkdown } from '../report/markdown/reportMarkdown';
import { formatExpectedSeconds } from '../text/time';
import { answered, refusal, textAnswer } from './answers';
import { modelPath } from './inspectTool';
import type { KnownReports } from './knownReports';

/** Analyses that are expected to take longer than this start only after somebody agreed. */
const LONG_SECONDS = 120;

const PARAMETERS = {
  model: modelPath,
  data: z
    .string()
    .optional()
    .describe('Data file or folder. Without it: the options file of the model, or the best data beside the model.'),
  testData: z.string().optional().describe('Data that the model was not trained on.'),
  loss: z.enum(LOSSES).optional().describe('Without it, the loss is guessed from the graph and the targets.'),
  target: z.string().optional().describe('Array or column of the data that holds the targets.'),
  preset: z.enum(PRESETS).default('quick').describe('quick: a first look; standard: everything; thorough: finer.'),
  only: z.array(z.enum(PARTS)).optional().describe('Measure only these parts.'),
  samples: z.number().int().positive().optional().describe('Use the first so many samples.'),
  learningRate: z.number().positive().optional().describe('Learning rate of the training, to judge its stability.'),
  weightDecay: z.number().nonnegative().optional(),
  seed: z.number().int().nonnegative().optional(),
  confirmed: z
    .boolean()
    .default(false)
    .describe('Set only after the user agreed to an analysis that takes more than two minutes.'),
};

type Asked = z.infer<z.ZodObject<typeof PARAMETERS>>;
type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

export function analyzeTool(server: McpServer, engine: EngineClient, reports: KnownReports): void {
  server.registerTool(
    'analyze_landscape',
    {
      title: 'Analyse the loss landscape of an ONNX model',
      description:
        'Measures loss, gradient, Hessian spectrum, lines and planes of the loss around the weights, and judges what they mean for training, each verdict with evidence and advice. Asks before it runs for more than two minutes. A finished analysis is found again and costs nothing.',
      inputSchema: PARAMETERS,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    (asked, extra) =>
      answered(async () => {
        const { model, confirmed } = asked;
        const options = await optionsOf(engine, asked, extra.signal);
        const seconds = confirmed ? 0 : await expectedSecondsOf(engine, model, options, extra.signal);
        if (seconds > LONG_SECONDS && !(await isAgreed(server, model, seconds))) return unconfirmed(seconds);
        const report = await engine.request(
          Analyze,
          { model, options, cache: cacheFolder() },
          { signal: extra.signal, onProgress: ({ fraction, stage }) => void tell(extra, fraction, stage) },
        );
        reports.add(model, report);
        return textAnswer(reportMarkdown(report), { verdicts: verdictsOf(report) });
      }),
  );
}

/** Combines the options of the call with those of the model's options file, and finds data where neither names any. */
async function optionsOf(engine: EngineClient, asked: Asked, signal: AbortSignal): Promise<AnalysisOptions> {
  const { model } = asked;
  const given = pathsBelow(process.cwd(), optionsOfCall(asked), 'analyze_landscape');
  return withFoundData(engine, model, { ...(await readSidecar(model)), ...given }, signal);
}

/** Asks the person in front of the client, where the client can ask. */
async function isAgreed(server: McpServer, model: string, seconds: number): Promise<boolean> {
  if (!server.server.getClientCapabilities()?.elicitation) return false;
  const { action, content } = await server.server.elicitInput({
    message: shownSentence(`Analysing ${model} takes ${formatExpectedSeconds(seconds)} on this machine. Start?`),
    requestedSchema: {
      type: 'object',
      properties: { start: { type: 'boolean', title: 'Start the analysis', default: true } },
      required: ['start'],
    },
  });
  return action === 'accept' && content?.start === true;
}

function unconfirmed(seconds: number) {
  return refusal(
    `The analysis was not started: it takes ${formatExpectedSeconds(seconds)}. Ask the user, then call again with "confirmed": true; or measure less, with the preset "quick", fewer "samples" or some parts in "only".`,
  );
}

function tell({ _meta, sendNotification }: Extra, fraction: number, stage: string): Promise<void> | void {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return;
  const params = { progressToken, progress: fraction, total: 1, message: shownSentence(stage) };
  return sendNotification({ method: 'notifications/progress', params });
}

function verdictsOf(report: Report) {
  return shownThroughout(report).diagnostics.map(({ id, title, verdict, severity, level, summary, advice }) => ({
    id,
    title,
    verdict,
    severity,
    level,
    summary,
    advice,
  }));
}
