import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../errors';
import { formatExactCount } from '../../text/counts';

/** A file as the feed describes it. */
export interface RemoteFile {
  url: string;
  bytes: number;
  /** Hash of the whole file, in base 64. */
  sha512: string;
}

export async function getObject(url: string, signal?: AbortSignal): Promise<object> {
  const response = await get(url, signal);
  const text = await response.text().catch((fault: unknown) => {
    throw unreached(url, fault, signal);
  });
  const value = parsed(text);
  if (typeof value === 'object' && value !== null) return value;
  throw new UserError({ what: 'The server does not answer with a JSON object.', where: [url], action: TRY_AGAIN });
}

/**
 * Downloads a file to `path`, chunk by chunk, and compares length and SHA-512 with those of the feed.
 * @throws UserError if they differ or the download breaks off; the file at `path` is then useless
 */
export async function download(
  { url, bytes, sha512 }: RemoteFile,
  path: string,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<void> {
  const { body } = await get(url, signal);
  const hash = createHash('sha512');
  let received = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body ?? []) {
        received += chunk.length;
        if (received > bytes) break;
        hash.update(chunk);
        yield chunk;
        onBytes?.(received);
      }
    } catch (fault) {
      throw unreached(url, fault, signal);
    }
  };
  await pipeline(counted, createWriteStream(path, { flags: 'wx' }), { signal });
  if (received !== bytes) {
    const what =
      received < bytes
        ? `The download ended after ${formatExactCount(received)} of ${formatExactCount(bytes)} bytes.`
        : `The server sends more than the ${formatExactCount(bytes)} bytes that its feed names.`;
    throw new UserError({ what, where: [url], action: `Nothing was kept. ${TRY_AGAIN}` });
  }
  const found = hash.digest('base64');
  if (found !== sha512) {
    throw new UserError({
      what: 'The downloaded package is not the one that the feed describes: its hash (SHA-512) differs.',
      where: [url, `the feed: ${sha512}`, `the file: ${found}`],
      action: 'Nothing was kept. If this happens again, something between this machine and the server changes files.',
    });
  }
}

const TRY_AGAIN = 'Try again later.';

async function get(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, { signal }).catch((fault: unknown) => {
    throw unreached(url, fault, signal);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  const what = `The server answers ${[response.status, response.statusText].join(' ').trim()}.`;
  throw new UserError({ what, where: [url], action: TRY_AGAIN });
}

/** An error with the network's own words. A cancelled request keeps its error. */
function unreached(url: string, fault: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return fault;
  // `fetch` only says "fetch failed" or "terminated"; its cause gives the reason.
  const { message, cause } = fault as Error;
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
  return new UserError(
    {
      what: `The server cannot be reached, or the connection broke: ${reason}.`,
      where: [url],
      action:
        'Check the connection. Node.js from 22.21 on honours HTTPS_PROXY if NODE_USE_ENV_PROXY=1 is set. docs/providers.md explains how to put the files in place by hand.',
    },
    { cause: fault },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
