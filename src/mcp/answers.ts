import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { RequestFailure } from '../client/engineClient';
import { formatError } from '../errors';
import { failureFrom } from '../protocol/failure';

export function textAnswer(text: string, structuredContent?: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text }], ...(structuredContent ? { structuredContent } : {}) };
}

/** An answer that the agent can act on: what went wrong, where, and what to do. */
export function refusal(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

/** Runs a tool. A failure becomes an answer with the words that a person would read. */
export async function answered(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (error) {
    return refusal(formatError(error instanceof RequestFailure ? error.failure : failureFrom(error)));
  }
}
