import { fromBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from './onnx_pb';
import type { TensorProto } from './onnx_pb';
import type { SeparateWeight } from './separateWeight';
import { initializerOf } from './separateWeight';
import type { FieldChange } from './wireMessage';
import { changedMessage, eachField } from './wireMessage';

/** New elements of a tensor that lies in a file beside the model. */
export interface ExternalChange {
  /** The file, as the original model names it. */
  location: string;
  offset: number;
  bytes: Uint8Array;
}

export interface OtherWeights {
  bytes: Uint8Array;
  external: ExternalChange[];
  /** The tensors that were replaced. */
  replaced: ReadonlySet<string>;
}

/** New elements of a tensor as little-endian bytes of its type in the file. */
export type BytesOf = (name: string) => Uint8Array | null;

const model = ModelProtoSchema.field;
const graph = GraphProtoSchema.field;
const node = NodeProtoSchema.field;
const attribute = AttributeProtoSchema.field;
const tensor = TensorProtoSchema.field;
const sparse = SparseTensorProtoSchema.field;

/**
 * A model file with other weights: the initializers and Constant nodes of the main graph for which `bytesOf` has elements.
 * Every other byte stays, also fields that this version does not know. Weights that lie in a file stay in a file.
 * @param newLocation the new name of each file with weights
 * @param separate tensors that get an initializer of their own
 */
export function withOtherWeights(
  file: Uint8Array,
  bytesOf: BytesOf,
  newLocation: (location: string) => string,
  separate: readonly SeparateWeight[] = [],
): OtherWeights {
  const external: ExternalChange[] = [];
  const replaced = new Set<string>();

  const onTensor =
    (name: string | null): FieldChange =>
    (content) => {
      const proto = fromBinary(TensorProtoSchema, content);
      const elements = bytesOf(name ?? '');
      const isExternal = proto.dataLocation === TensorProto_DataLocation.EXTERNAL;
      if (elements && name !== null) replaced.add(name);
      if (isExternal) {
        if (elements) external.push({ ...placeOf(proto), bytes: elements });
        return changedMessage(content, { [tensor.externalData.number]: onExternalEntry });
      }
      if (!elements) return content;
      const dropped = [tensor.rawData, tensor.floatData, tensor.doubleData].map(({ number }) => [number, () => null]);
      const appended = [{ field: tensor.rawData.number, content: elements }];
      return changedMessage(content, Object.fromEntries(dropped) as Record<number, FieldChange>, appended);
    };
  const onExternalEntry: FieldChange = (content) => {
    const { key, value } = fromBinary(StringStringEntryProtoSchema, content);
    if (key !== 'location') return content;
    const name = new TextEncoder().encode(newLocation(value));
    return changedMessage(content, { [StringStringEntryProtoSchema.field.value.number]: () => name });
  };
  const onSparse: FieldChange = (content) =>
    changedMessage(content, { [sparse.values.number]: onTensor(null), [sparse.indices.number]: onTensor(null) });
  const onNode =
    (isMain: boolean): FieldChange =>
    (content) => {
      const { opType, domain, output } = headOf(content);
      const own = isMain && opType === 'Constant' && domain === '' ? output : null;
      if (isMain && opType === 'Identity' && separate.some(({ name, isIdentity }) => isIdentity && name === output)) {
        return null;
      }
      const changes = { [node.attribute.number]: onAttribute(own) };
      return changedMessage(content, isMain ? { ...changes, ...readingSeparate(output) } : changes);
    };
  const readingSeparate = (output: string): Record<number, FieldChange> => {
    const names = new Map(
      separate.flatMap(({ name, readers }) =>
        readers.flatMap((reader) => (reader.output === output ? [[reader.input, name] as const] : [])),
      ),
    );
    if (names.size === 0) return {};
    let place = 0;
    return {
      [node.input.number]: (content) => {
        const name = names.get(place++);
        return name === undefined ? content : new TextEncoder().encode(name);
      },
    };
  };
  const onAttribute =
    (own: string | null): FieldChange =>
    (content) =>
      changedMessage(content, {
        [attribute.t.number]: onTensor(own),
        [attribute.tensors.number]: onTensor(null),
        [attribute.g.number]: onGraph(false),
        [attribute.graphs.number]: onGraph(false),
        [attribute.sparseTensor.number]: onSparse,
        [attribute.sparseTensors.number]: onSparse,
      });
  const onGraph =
    (isMain: boolean): FieldChange =>
    (content) =>
      changedMessage(
        content,
        {
          [graph.node.number]: onNode(isMain),
          [graph.initializer.number]: (inner) =>
            onTensor(isMain ? fromBinary(TensorProtoSchema, inner).name : null)(inner),
          [graph.sparseInitializer.number]: onSparse,
        },
        isMain ? separate.map((each) => ({ field: graph.initializer.number, content: initializerOf(each) })) : [],
      );
  const onFunction: FieldChange = (content) =>
    changedMessage(content, { [FunctionProtoSchema.field.node.number]: onNode(false) });

  const bytes = changedMessage(file, { [model.graph.number]: onGraph(true), [model.functions.number]: onFunction });
  return { bytes, external, replaced };
}

function placeOf({ externalData }: TensorProto): { location: string; offset: number } {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  return { location: entries.get('location') ?? '', offset: Number(entries.get('offset') ?? 0) };
}

/** The operator of a node and its first output, without its attributes, which may be large. */
function headOf(content: Uint8Array): { opType: string; domain: string; output: string } {
  const head = { opType: '', domain: '', output: '' };
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  eachField(content, (field, bytes) => {
    if (field === node.opType.number) head.opType = text(bytes);
    if (field === node.domain.number) head.domain = text(bytes);
    if (field === node.output.number) head.output ||= text(bytes);
  });
  return head;
}
