import type { DescMessage, Message, MessageInitShape } from '@bufbuild/protobuf';
import { create, toBinary } from '@bufbuild/protobuf';
import type { GraphProtoSchema, NodeProtoSchema, TensorProtoSchema } from '../../src/onnx/onnx_pb';
import { ModelProtoSchema } from '../../src/onnx/onnx_pb';

/** The plain fields of a message, which can be spread, unlike the message itself. */
type Fields<Schema extends DescMessage> = Exclude<MessageInitShape<Schema>, Message>;
type NodeInit = Fields<typeof NodeProtoSchema>;
type TensorInit = Fields<typeof TensorProtoSchema>;

export const FLOAT = 1;
export const INT64 = 7;

/**
 * Writes a model file as an exporter would. Uses the library's own encoder, so that the reader is tested without our
 * writer.
 */
export function onnxBytes(
  graph: Fields<typeof GraphProtoSchema>,
  model: Fields<typeof ModelProtoSchema> = {},
): Uint8Array<ArrayBuffer> {
  const message = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 17n }],
    graph,
    ...model,
  });
  return toBinary(ModelProtoSchema, message);
}

export function node(opType: string, input: string[], output: string[], more: NodeInit = {}): NodeInit {
  return { opType, input, output, ...more };
}

/** A graph input or output of float32. */
export function port(name: string, dims: (number | string)[] = ['batch', 2]) {
  const dim = dims.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  );
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType: FLOAT, shape: { dim } } } } };
}

/** A float32 initializer in raw_data. */
export function weights(name: string, dims: number[], values: number[], more: TensorInit = {}): TensorInit {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return { name, dims: dims.map(BigInt), dataType: FLOAT, rawData, ...more };
}

/** y = relu(x + b) */
export function smallModel(): Uint8Array<ArrayBuffer> {
  return onnxBytes({
    name: 'small',
    node: [node('Add', ['x', 'b'], ['s']), node('Relu', ['s'], ['y'], { name: 'last' })],
    initializer: [weights('b', [2], [1, -2])],
    input: [port('x')],
    output: [port('y')],
  });
}
