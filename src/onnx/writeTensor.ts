import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireType } from '@bufbuild/protobuf/wire';
import type { Tensor } from '../graph/tensor';
import { elementFormats } from './elementType';
import { StringStringEntryProtoSchema, TensorProto_DataLocation, TensorProtoSchema } from './onnx_pb';

/** Bytes that travel beside a model; `path` is the location the model names. */
export interface ExternalBuffer {
  path: string;
  data: Uint8Array;
}

const { dims, dataType, name, rawData, externalData, dataLocation } = TensorProtoSchema.field;
const entry = StringStringEntryProtoSchema.field;

/** Writes the fields of a TensorProto with its elements inside. */
export function writeTensor(writer: BinaryWriter, tensor: Tensor, tensorName: string): void {
  writeHead(writer, tensor, tensorName);
  writer.tag(rawData.number, WireType.LengthDelimited).bytes(bytesOf(tensor));
}

/** Writes the fields of a TensorProto whose elements travel beside the model. */
export function writeExternalTensor(
  writer: BinaryWriter,
  tensor: Tensor,
  tensorName: string,
  location: string,
): ExternalBuffer {
  writeHead(writer, tensor, tensorName);
  const data = bytesOf(tensor);
  for (const [key, value] of Object.entries({ location, offset: '0', length: String(data.length) })) {
    writer.tag(externalData.number, WireType.LengthDelimited).fork();
    writer.tag(entry.key.number, WireType.LengthDelimited).string(key);
    writer.tag(entry.value.number, WireType.LengthDelimited).string(value);
    writer.join();
  }
  writer.tag(dataLocation.number, WireType.Varint).int32(TensorProto_DataLocation.EXTERNAL);
  return { path: location, data };
}

function writeHead(writer: BinaryWriter, { dtype, shape }: Tensor, tensorName: string): void {
  for (const dim of shape) writer.tag(dims.number, WireType.Varint).int64(dim);
  writer.tag(dataType.number, WireType.Varint).int32(elementFormats[dtype].code);
  if (tensorName !== '') writer.tag(name.number, WireType.LengthDelimited).string(tensorName);
}

/** The elements as bytes, not copied. Every machine this runs on is little-endian, as the format is. */
function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
