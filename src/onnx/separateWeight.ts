import { create, toBinary } from '@bufbuild/protobuf';
import type { ElementType } from './elementType';
import { elementFormats } from './elementType';
import { TensorProtoSchema } from './onnx_pb';

/** A tensor that a file holds as another one, and that becomes an initializer of its own. */
export interface SeparateWeight {
  name: string;
  shape: readonly number[];
  element: ElementType;
  /** Its elements, as little-endian bytes of its type. */
  bytes: Uint8Array;
  /** Whether an Identity of the other tensor has its name; that node is left out. */
  isIdentity: boolean;
  /** Inputs that read it from now on: the first output of the node, and the place of the input. */
  readers: readonly { output: string; input: number }[];
}

/** The initializer as the file holds it. */
export function initializerOf({ name, shape, element, bytes }: SeparateWeight): Uint8Array {
  const dims = shape.map(BigInt);
  const dataType = elementFormats[element].code;
  return toBinary(TensorProtoSchema, create(TensorProtoSchema, { name, dims, dataType, rawData: bytes }));
}
