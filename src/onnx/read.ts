import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { formatBytes } from '../text/sizes';
import { ExternalData } from './externalData';
import { otherFile } from './fileKind';
import type { Inlined } from './inlineFunctions';
import { inlineFunctions } from './inlineFunctions';
import { EXPORT_AGAIN, ModelFileError } from './modelFileError';
import type { OnnxModel } from './model';
import type { ModelProto } from './onnx_pb';
import { ModelProtoSchema } from './onnx_pb';
import { readFunction, readGraph, readOpsets } from './readGraph';
import { NoRegularFileError, openRegularFile } from '../regularFile';

export interface ReadLimits {
  /** Largest model file, in bytes; external data does not count. */
  fileBytes: number;
}

/** Protobuf messages end below 2 GiB. */
const DEFAULT_LIMITS: ReadLimits = { fileBytes: 2 ** 31 - 1 };

/** Operator sets before 7 broadcast by attributes (`axis`, `broadcast`) and store shapes elsewhere. */
const OLDEST_OPSET = 7;
const OLDEST_IR = 3;

/**
 * Reads an ONNX model. Weights stay in the file's bytes, or in the files beside it, until they are needed.
 * @throws ModelFileError if it is missing, not an ONNX model, damaged, too old, or inconsistent
 */
export async function readModel(
  path: string,
  { limits = {} }: { limits?: Partial<ReadLimits> } = {},
): Promise<OnnxModel> {
  return parseModel(await readFile(path, { ...DEFAULT_LIMITS, ...limits }), path);
}

/**
 * Reads a model that is already in memory; `path` is its location, for messages and for external data.
 * Its tensors are views into `bytes`.
 */
export function parseModel(bytes: Uint8Array<ArrayBuffer>, path: string): OnnxModel {
  const proto = decode(bytes, path);
  const irVersion = Number(proto.irVersion ?? 0n);
  const opsets = readOpsets(proto.opsetImport);
  checkImports(irVersion, opsets, path);
  if (proto.graph!.output.length === 0) {
    throw new ModelFileError({ what: 'The model has no outputs.', where: [path], action: EXPORT_AGAIN });
  }
  const context = { path, external: new ExternalData(path) };
  const functions = proto.functions.map((f) => readFunction(f, context));
  const file = readGraph(proto.graph!, context);
  const inlined = inlineFunctions(file, functions, opsets, path);
  checkOpset(inlined, path);
  return {
    path,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    irVersion,
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(' '),
    ...inlined,
    functions,
    metadata: Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])),
    externalFiles: context.external.locations,
  };
}

function decode(bytes: Uint8Array, path: string): ModelProto {
  const other = otherFile(bytes);
  if (other) throw new ModelFileError({ what: other.what, where: [path], action: other.action });
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw new ModelFileError(
      {
        what: `The file is not an ONNX model, or it is damaged or truncated (${cause instanceof Error ? cause.message : String(cause)}).`,
        where: [path],
        action: 'Compare its size with the original and copy it again, or export the model again.',
      },
      { cause },
    );
  }
  if (!proto.graph) {
    throw new ModelFileError({
      what: 'The file contains no ONNX graph. It may be truncated, or a TensorFlow, Core ML or tensor file in a similar format.',
      where: [path],
      action: 'Open the .onnx file of the model; convert models of other frameworks to ONNX first.',
    });
  }
  return proto;
}

function checkImports(irVersion: number, opsets: Readonly<Record<string, number>>, path: string): void {
  if (irVersion < OLDEST_IR) {
    throw new ModelFileError({
      what: `The model uses version ${irVersion} of the ONNX format; Ridgeline reads version ${OLDEST_IR} (2017) and newer.`,
      where: [path],
      action: EXPORT_AGAIN,
    });
  }
  if (Object.keys(opsets).length === 0) {
    throw new ModelFileError({
      what: 'The model does not state its operator set; its end may be missing.',
      where: [path],
      action: EXPORT_AGAIN,
    });
  }
}

/** A model without standard operators may import any version of the standard. */
function checkOpset({ graph, opsets }: Inlined, path: string): void {
  if (!graph.nodes.some(({ domain }) => domain === '')) return;
  const version = opsets[''] ?? 0;
  if (version >= OLDEST_OPSET) return;
  throw new ModelFileError({
    what: `The model uses version ${version} of the standard operator set; Ridgeline reads version ${OLDEST_OPSET} and newer.`,
    where: [path],
    action: 'Convert it in Python: onnx.version_converter.convert_version(onnx.load(FILE), 13).',
  });
}

const CHUNK = 2 ** 30;

/** The whole file in its own buffer, whose start is aligned for every element type. */
async function readFile(path: string, { fileBytes }: ReadLimits): Promise<Uint8Array<ArrayBuffer>> {
  let file: FileHandle | undefined;
  try {
    const opened = await openRegularFile(path);
    const { size } = opened;
    file = opened.file;
    if (size === 0) {
      throw new ModelFileError({ what: 'The model file is empty.', where: [path], action: EXPORT_AGAIN });
    }
    if (size > fileBytes) {
      throw new ModelFileError({
        what: `The file has ${formatBytes(size)}, but a model file has at most ${formatBytes(fileBytes)}.`,
        where: [path],
        action: 'Export with external data: onnx.save(model, FILE, save_as_external_data=True).',
      });
    }
    const bytes = new Uint8Array(size);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at), at);
      if (bytesRead === 0) {
        throw new ModelFileError({
          what: 'The file shrank while Ridgeline read it.',
          where: [path],
          action: EXPORT_AGAIN,
        });
      }
      at += bytesRead;
    }
    return bytes;
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    if (error instanceof NoRegularFileError) {
      const action = error.found === 'folder' ? 'Choose the .onnx file in it.' : 'Choose the .onnx file itself.';
      throw new ModelFileError({ what: error.what, where: [path], action }, { cause: error });
    }
    throw unreadable(path, error);
  } finally {
    await file?.close();
  }
}

function unreadable(path: string, cause: unknown): ModelFileError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const text = { what: 'This model file does not exist.', where: [path], action: 'Check the path.' };
    return new ModelFileError(text, { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const text = {
      what: 'Ridgeline has no permission to read the model file.',
      where: [path],
      action: 'Check its permissions.',
    };
    return new ModelFileError(text, { cause });
  }
  const what = `The model file cannot be read: ${code ?? String(cause)}.`;
  return new ModelFileError({ what, where: [path], action: EXPORT_AGAIN }, { cause });
}
