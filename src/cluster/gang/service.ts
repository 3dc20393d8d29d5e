import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Metadata } from '@grpc/grpc-js';
import type { ChannelOptions, ServiceDefinition } from '@grpc/grpc-js';
import { MessageReader, piecesOf } from './message';

const bytes = { serialize: (piece: Buffer) => piece, deserialize: (piece: Buffer) => piece };

/** Both sides send any number of pieces of bytes. */
const stream = (name: string) => ({
  path: `/ridgeline.Gang/${name}`,
  requestStream: true,
  responseStream: true,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
});

/**
 * What a rank serves to the rank above it:
 * - `ask`: one question, one answer, each a message in pieces
 * - `attend`: the rank answers its facts when it can be asked, and stays until the other side says that the run is
 *   done. A call that breaks before means that the other process is lost.
 */
export const GANG = { ask: stream('Ask'), attend: stream('Attend') } satisfies ServiceDefinition;

/** A rank may compute for minutes without answering a ping, since the runtime blocks its thread. */
const SILENCE_MS = 3_600_000;
const PING_MS = 60_000;

export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc-node.flow_control_window': 2 ** 24,
  'grpc.keepalive_time_ms': PING_MS,
  'grpc.keepalive_timeout_ms': SILENCE_MS,
  // Many clusters set http_proxy, which leads nowhere for the nodes themselves.
  'grpc.enable_http_proxy': 0,
};

const TOKEN = 'ridgeline-token';

export function withToken(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set(TOKEN, token);
  return metadata;
}

export function tokenOf(metadata: Metadata): string {
  return String(metadata.get(TOKEN)[0] ?? '');
}

/** Sends a message in pieces, no faster than the other side takes them. @returns its number of bytes */
export async function send(call: Writable, message: unknown, signal: AbortSignal): Promise<number> {
  let sent = 0;
  let flushed: Promise<void> = Promise.resolve();
  for (const piece of piecesOf(message)) {
    signal.throwIfAborted();
    sent += piece.length;
    const room = new Promise<boolean>((resolve) => {
      flushed = new Promise((done) => resolve(call.write(piece, () => done())));
    });
    if (!(await room)) await once(call, 'drain', { signal });
  }
  await Promise.race([flushed, aborted(signal)]);
  return sent;
}

/** Receives the one message of the other side, as soon as it is complete. */
export function receive(call: Readable): Promise<{ message: unknown; bytes: number }> {
  const reader = new MessageReader();
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('data', (piece: Buffer) => {
      try {
        reader.add(piece);
        if (reader.complete) resolve({ message: reader.message, bytes: reader.bytes });
      } catch (fault) {
        reject(fault as Error);
      }
    });
    call.on('end', () => reject(new Error('A message between ranks was cut off.')));
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}
