import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Rewrites the content of a field. Null leaves the field out. */
export type FieldChange = (content: Uint8Array) => Uint8Array | null;

/**
 * Copies a protobuf message and changes the contents of some of its length-delimited fields. All other fields, known or
 * not, keep their bytes and their order.
 * @param changes by field number
 * @param appended fields to add at the end
 */
export function changedMessage(
  message: Uint8Array,
  changes: Readonly<Record<number, FieldChange>>,
  appended: readonly { field: number; content: Uint8Array }[] = [],
): Uint8Array {
  const reader = new BinaryReader(message);
  const pieces: Uint8Array[] = [];
  /** Start of the fields that are copied as they are. */
  let kept = 0;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, type] = reader.tag();
    const change = changes[field];
    if (!change || type !== WireType.LengthDelimited) {
      reader.skip(type, field);
      continue;
    }
    const content = reader.bytes();
    const changed = change(content);
    if (changed === content) continue;
    pieces.push(message.subarray(kept, start), ...(changed ? delimited(field, changed) : []));
    kept = reader.pos;
  }
  if (pieces.length === 0 && appended.length === 0) return message;
  pieces.push(message.subarray(kept), ...appended.flatMap(({ field, content }) => delimited(field, content)));
  return joined(pieces);
}

/** Receives every length-delimited field of a message. */
export function eachField(message: Uint8Array, receive: (field: number, content: Uint8Array) => void): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) receive(field, reader.bytes());
    else reader.skip(type, field);
  }
}

function delimited(field: number, content: Uint8Array): Uint8Array[] {
  const head = new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(content.length).finish();
  return [head, content];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}
