import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ByteWindow } from './byteWindow';

/** A part of a message: bytes of the file by their places, or bytes of our own. */
type Piece = { from: number; to: number } | Uint8Array;

/** A message that is written as these pieces, one after the other. */
export interface Thinned {
  pieces: Piece[];
  length: number;
}

/** Rewrites the content of a length-delimited field, which lies at [from, to). Null keeps it. */
export type Thinner = (from: number, to: number) => Thinned | null;

/**
 * Rewrites some fields of the message at [from, to) and keeps all others, known or not. Reads only tags and lengths.
 * @param thinners by number of the field
 * @throws RangeError where the file is no message
 */
export function thinMessage(
  window: ByteWindow,
  from: number,
  to: number,
  thinners: Readonly<Record<number, Thinner>>,
): Thinned {
  const pieces: Piece[] = [];
  let kept = from;
  for (const { field, type, start, content, end } of fieldsOf(window, from, to)) {
    const thinned = type === WireType.LengthDelimited ? thinners[field]?.(content, end) : null;
    if (!thinned) continue;
    if (start > kept) pieces.push({ from: kept, to: start });
    const head = new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(thinned.length).finish();
    pieces.push(head, ...thinned.pieces);
    kept = end;
  }
  if (to > kept) pieces.push({ from: kept, to });
  return { pieces, length: pieces.reduce((sum, piece) => sum + lengthOf(piece), 0) };
}

export interface FieldPlace {
  field: number;
  type: WireType;
  /** Where the tag begins. */
  start: number;
  content: number;
  end: number;
}

/** Lists the fields of the message at [from, to). @throws RangeError where the file is no message */
export function* fieldsOf(window: ByteWindow, from: number, to: number): Generator<FieldPlace> {
  for (let start = from; start < to;) {
    const tag = window.varint(start);
    const field = Math.floor(tag.value / 8);
    const type = (tag.value % 8) as WireType;
    const { content, end } = extentOf(window, type, tag.next);
    if (field === 0 || end > to) throw new RangeError(`field ${field} does not fit into its message`);
    yield { field, type, start, content, end };
    start = end;
  }
}

function extentOf(window: ByteWindow, type: WireType, at: number): { content: number; end: number } {
  switch (type) {
    case WireType.Varint:
      return { content: at, end: window.varint(at).next };
    case WireType.Bit64:
      return { content: at, end: at + 8 };
    case WireType.Bit32:
      return { content: at, end: at + 4 };
    case WireType.LengthDelimited: {
      const { value, next } = window.varint(at);
      return { content: next, end: next + value };
    }
    default:
      throw new RangeError(`a field has the unknown type ${type}`);
  }
}

/** Puts the pieces together. */
export function assembled({ pieces, length }: Thinned, window: ByteWindow): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) bytes.set(piece, at);
    else window.fill(bytes.subarray(at, at + lengthOf(piece)), piece.from);
    at += lengthOf(piece);
  }
  return bytes;
}

function lengthOf(piece: Piece): number {
  return piece instanceof Uint8Array ? piece.length : piece.to - piece.from;
}
