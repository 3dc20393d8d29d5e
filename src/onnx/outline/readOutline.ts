import { basename } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { NoRegularFileError, openRegularFile } from '../../regularFile';
import { otherFile } from '../fileKind';
import type { OnnxModel } from '../model';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataLocation, TensorProtoSchema } from '../onnx_pb';
import { parseModel, readModel } from '../read';
import { ByteWindow } from './byteWindow';
import type { Thinned } from './thinMessage';
import { assembled, fieldsOf, thinMessage } from './thinMessage';

/** Tensors of fewer bytes are read with the graph: they may be shapes and axes, which every reader asks for. */
const LARGE = 2 ** 16;
/** A file of at most so many bytes is read whole, since that takes no longer. */
const SMALL_FILE = 2 ** 22;
/** Largest outline. A model file of which more remains holds its weights in another form; it is read whole. */
const LARGEST_OUTLINE = 2 ** 29;
/** Enough for `otherFile` to recognise files that are no models. */
const HEAD = 1024;

const { graph } = ModelProtoSchema.field;
const { initializer } = GraphProtoSchema.field;
const { rawData, dataLocation, externalData } = TensorProtoSchema.field;

/**
 * Reads an ONNX model without its weights, which stay in the file until they are asked for: a file of 500 MB takes
 * milliseconds and little memory. In the model that is returned, large tensors name their own file as external data;
 * `bytes` and `sha256` are those of this outline.
 * @throws ModelFileError as `readModel` does
 */
export async function readOutline(path: string): Promise<OnnxModel> {
  const outline = await outlineOf(path);
  if (!outline) return readModel(path);
  const model = parseModel(outline, path);
  return { ...model, externalFiles: model.externalFiles.filter((file) => file !== basename(path)) };
}

/** Null where reading the whole file is as well, or explains better what is wrong with it. */
async function outlineOf(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  // A location in a model is cut at both kinds of slashes.
  if (basename(path).includes('\\')) return null;
  const opened = await openRegularFile(path).catch((error: unknown) => {
    if (error instanceof NoRegularFileError || (error as NodeJS.ErrnoException).code !== undefined) return null;
    throw error;
  });
  if (!opened) return null;
  const { file, size } = opened;
  try {
    // Protobuf messages end below 2 GiB.
    if (size <= SMALL_FILE || size >= 2 ** 31) return null;
    const window = new ByteWindow(file.fd, size);
    if (otherFile(window.copy(0, HEAD))) return null;
    const thinned = thinMessage(window, 0, size, {
      [graph.number]: (from, to) =>
        thinMessage(window, from, to, {
          [initializer.number]: (start, end) => thinTensor(window, start, end, basename(path)),
        }),
    });
    return thinned.length > LARGEST_OUTLINE ? null : assembled(thinned, window);
  } catch (error) {
    // The reader of whole files says what is wrong with a damaged one.
    if (error instanceof RangeError) return null;
    throw error;
  } finally {
    await file.close();
  }
}

/** Replaces the bytes of a large tensor by their place in the file. */
function thinTensor(window: ByteWindow, from: number, to: number, location: string): Thinned | null {
  if (to - from < LARGE) return null;
  const fields = [...fieldsOf(window, from, to)];
  const large = fields.filter(({ field, content, end }) => field === rawData.number && end - content >= LARGE);
  const [bytes] = large;
  if (!bytes || large.length > 1 || fields.some(({ field }) => field === externalData.number)) return null;
  const place = { location, offset: String(bytes.content), length: String(bytes.end - bytes.content) };
  const writer = new BinaryWriter();
  for (const [key, value] of Object.entries(place)) {
    writer.tag(externalData.number, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(value).join();
  }
  writer.tag(dataLocation.number, WireType.Varint).int32(TensorProto_DataLocation.EXTERNAL);
  const tail = writer.finish();
  const pieces = [
    { from, to: bytes.start },
    { from: bytes.end, to },
  ].filter((piece) => piece.to > piece.from);
  return {
    pieces: [...pieces, tail],
    length: pieces.reduce((sum, piece) => sum + piece.to - piece.from, tail.length),
  };
}
