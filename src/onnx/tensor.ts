import { fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Tensor } from '../graph/tensor';
import { EXPORT_AGAIN, ModelFileError } from './modelFileError';
import type { StoredTensor } from './model';
import type { TensorProto } from './onnx_pb';
import { TensorProtoSchema } from './onnx_pb';
import { storedTensor, TensorFault } from './storedTensor';
import { writeTensor } from './writeTensor';

/**
 * A file that holds one tensor, as in ONNX test data sets (`input_0.pb`).
 * @throws ModelFileError if it contains something else
 */
export function decodeTensor(bytes: Uint8Array): StoredTensor {
  let proto: TensorProto;
  try {
    proto = fromBinary(TensorProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw unreadable(cause);
  }
  try {
    return storedTensor(proto, null);
  } catch (cause) {
    if (cause instanceof TensorFault) throw unreadable(cause);
    throw cause;
  }
}

/** The file of one tensor. */
export function encodeTensor(tensor: Tensor, name = ''): Uint8Array {
  const writer = new BinaryWriter();
  writeTensor(writer, tensor, name);
  return writer.finish();
}

function unreadable(cause: unknown): ModelFileError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ModelFileError({ what: `This ONNX tensor cannot be read: ${reason}.`, action: EXPORT_AGAIN }, { cause });
}
