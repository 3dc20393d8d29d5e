import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { SourceAttribute, SourceNode } from '../graph/source';
import { allNodes } from '../graph/sourceIndex';
import type { DType, Tensor } from '../graph/tensor';
import { elementFormats } from './elementType';
import type { OnnxGraph } from './model';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from './onnx_pb';
import type { ExternalBuffer } from './writeTensor';
import { writeExternalTensor, writeTensor } from './writeTensor';

/** A graph input or output: sizes known, symbolic or unknown. Without type or shape the runtime infers them. */
export interface WritablePort {
  readonly name: string;
  readonly dtype: DType | null;
  readonly shape: readonly (number | string | null)[] | null;
}

export interface WritableGraph {
  readonly name?: string;
  readonly nodes: readonly SourceNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly WritablePort[];
  readonly outputs: readonly WritablePort[];
}

export interface WritableModel {
  graph: WritableGraph;
  /** Version of the standard operator set. */
  opset: number;
  /** Versions of other operator sets. Sets that only the nodes name are written as version 1. */
  opsets?: Readonly<Record<string, number>>;
  irVersion?: number;
  producer?: string;
  /** Initializers of at least this many bytes travel beside the model; Infinity keeps all inside. */
  externalFrom?: number;
}

export interface WrittenModel {
  bytes: Uint8Array<ArrayBuffer>;
  /** The data that the runtime needs with the model: the tensors' own memory, not copied. */
  external: ExternalBuffer[];
}

/** Operator sets up to 18 belong to IR 8; the runtime takes newer ones in it as well. */
const IR_VERSION = 8;

/**
 * A tensor inside the file is copied when the file is written and again when the runtime parses it, and a protobuf ends at
 * 2 GiB. A tensor beside the file costs less at any size: a session of 400 tensors of 1 KiB opens in 0.8 of the time, of 4
 * or 16 KiB in half of it, of 64 KiB in a tenth. But the runtime infers shapes only from numbers inside the file ("Cannot
 * parse data from external tensors"), so smaller tensors stay inside, among them every shape, axis and scale.
 */
const EXTERNAL_FROM = 2 ** 14;

/**
 * Encodes a model. The fields are written straight to the wire, with the numbers of the generated schema: building
 * message objects first takes five times as long, and derived graphs have thousands of nodes.
 * @throws RangeError if the data inside exceed 2 GiB
 */
export function writeModel({
  graph,
  opset,
  opsets = {},
  irVersion = IR_VERSION,
  producer = 'ridgeline',
  externalFrom = EXTERNAL_FROM,
}: WritableModel): WrittenModel {
  const encoder = new Encoder(externalFrom);
  const { writer } = encoder;
  const { field } = ModelProtoSchema;
  writer.tag(field.irVersion.number, WireType.Varint).int64(irVersion);
  writer.tag(field.producerName.number, WireType.LengthDelimited).string(producer);
  encoder.message(field.graph.number, () => encoder.graph(graph));
  const named = new Set(allNodes(graph.nodes).map(({ domain }) => domain));
  const versions = { ...Object.fromEntries([...named].map((domain) => [domain, 1])), ...opsets, '': opset };
  for (const [domain, version] of Object.entries(versions)) {
    encoder.message(field.opsetImport.number, () => encoder.opset(domain, version));
  }
  return { bytes: writer.finish(), external: encoder.external };
}

const node = NodeProtoSchema.field;
const attributeField = AttributeProtoSchema.field;
const graphField = GraphProtoSchema.field;

class Encoder {
  readonly writer = new BinaryWriter();
  readonly external: ExternalBuffer[] = [];

  constructor(private readonly externalFrom: number) {}

  message(field: number, write: () => void): void {
    this.writer.tag(field, WireType.LengthDelimited).fork();
    write();
    this.writer.join();
  }

  private string(field: number, value: string): void {
    this.writer.tag(field, WireType.LengthDelimited).string(value);
  }

  opset(domain: string, version: number): void {
    const { field } = OperatorSetIdProtoSchema;
    this.string(field.domain.number, domain);
    this.writer.tag(field.version.number, WireType.Varint).int64(version);
  }

  graph({ name = '', nodes, initializers, inputs, outputs }: WritableGraph): void {
    for (const each of nodes) this.message(graphField.node.number, () => this.node(each));
    // The runtime wants a name.
    this.string(graphField.name.number, name || 'graph');
    for (const [key, tensor] of initializers) {
      this.message(graphField.initializer.number, () => this.initializer(key, tensor));
    }
    for (const port of inputs) this.message(graphField.input.number, () => this.port(port));
    for (const port of outputs) this.message(graphField.output.number, () => this.port(port));
  }

  private initializer(name: string, tensor: Tensor): void {
    if (tensor.data.byteLength < this.externalFrom) writeTensor(this.writer, tensor, name);
    else this.external.push(writeExternalTensor(this.writer, tensor, name, `tensor_${this.external.length}`));
  }

  private node({ name, op, domain, inputs, outputs, attributes }: SourceNode): void {
    for (const input of inputs) this.string(node.input.number, input);
    for (const output of outputs) this.string(node.output.number, output);
    this.string(node.name.number, name);
    this.string(node.opType.number, op);
    for (const [key, attribute] of Object.entries(attributes)) {
      this.message(node.attribute.number, () => this.attribute(key, attribute));
    }
    if (domain !== '') this.string(node.domain.number, domain);
  }

  private attribute(name: string, attribute: SourceAttribute): void {
    const { writer } = this;
    this.string(attributeField.name.number, name);
    const type = this.attributeValue(name, attribute);
    writer.tag(attributeField.type.number, WireType.Varint).int32(type);
  }

  /** Writes the value and returns the type, which names its field. */
  private attributeValue(name: string, attribute: SourceAttribute): AttributeType {
    const { writer } = this;
    switch (attribute.kind) {
      case 'int':
        writer.tag(attributeField.i.number, WireType.Varint).int64(int64(attribute.value));
        return AttributeType.INT;
      case 'ints':
        for (const value of attribute.value) {
          writer.tag(attributeField.ints.number, WireType.Varint).int64(int64(value));
        }
        return AttributeType.INTS;
      case 'float':
        writer.tag(attributeField.f.number, WireType.Bit32).float(Math.fround(attribute.value));
        return AttributeType.FLOAT;
      case 'floats':
        for (const value of attribute.value) {
          writer.tag(attributeField.floats.number, WireType.Bit32).float(Math.fround(value));
        }
        return AttributeType.FLOATS;
      case 'string':
        this.string(attributeField.s.number, attribute.value);
        return AttributeType.STRING;
      case 'strings':
        for (const value of attribute.value) this.string(attributeField.strings.number, value);
        return AttributeType.STRINGS;
      case 'tensor':
        this.message(attributeField.t.number, () => writeTensor(writer, attribute.value, ''));
        return AttributeType.TENSOR;
      case 'tensors':
        for (const tensor of attribute.value as readonly Tensor[]) {
          this.message(attributeField.tensors.number, () => writeTensor(writer, tensor, ''));
        }
        return AttributeType.TENSORS;
      case 'graph':
        this.message(attributeField.g.number, () => this.graph(attribute.value as OnnxGraph));
        return AttributeType.GRAPH;
      case 'graphs':
        for (const graph of attribute.value as readonly OnnxGraph[]) {
          this.message(attributeField.graphs.number, () => this.graph(graph));
        }
        return AttributeType.GRAPHS;
      case 'other':
        throw new Error(`Attribute "${name}" cannot be written: ${String(attribute.value)}`);
    }
  }

  private port({ name, dtype, shape }: WritablePort): void {
    const { writer } = this;
    this.string(ValueInfoProtoSchema.field.name.number, name);
    if (!dtype) return;
    this.message(ValueInfoProtoSchema.field.type.number, () =>
      this.message(TypeProtoSchema.field.tensorType.number, () => {
        const { field } = TypeProto_TensorSchema;
        writer.tag(field.elemType.number, WireType.Varint).int32(elementFormats[dtype].code);
        if (!shape) return;
        this.message(field.shape.number, () => {
          for (const dim of shape) this.message(TensorShapeProtoSchema.field.dim.number, () => this.dim(dim));
        });
      }),
    );
  }

  private dim(dim: number | string | null): void {
    const { field } = TensorShapeProto_DimensionSchema;
    if (typeof dim === 'number') this.writer.tag(field.dimValue.number, WireType.Varint).int64(dim);
    else if (dim !== null) this.string(field.dimParam.number, dim);
  }
}

const INT64_MAX = 2n ** 63n - 1n;

/** "To the end" is written as the largest integer, which a double only approximates. */
function int64(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(Math.trunc(value));
  if (exact > INT64_MAX) return INT64_MAX;
  return exact < -INT64_MAX - 1n ? -INT64_MAX - 1n : exact;
}
