import { elementFormats, elementOfCode } from './elementType';
import type { OnnxDim, OnnxValueInfo } from './model';
import type { TypeProto, TypeProto_Tensor, ValueInfoProto } from './onnx_pb';

/** Name, type and shape of a graph input, an output or a value in between. */
export function valueInfo({ name, type }: ValueInfoProto): OnnxValueInfo {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : null;
  const element = tensor ? elementOfCode(tensor.elemType ?? 0) : null;
  return {
    name,
    type: typeName(type),
    dtype: element && elementFormats[element].dtype,
    shape: tensor ? dims(tensor) : null,
  };
}

function typeName(type: TypeProto | undefined): string {
  const value = type?.value;
  switch (value?.case) {
    case 'tensorType':
    case 'sparseTensorType': {
      const element = elementOfCode(value.value.elemType ?? 0) ?? 'unknown';
      return value.case === 'tensorType' ? element : `sparse(${element})`;
    }
    case 'sequenceType':
      return `sequence(${typeName(value.value.elemType)})`;
    case 'optionalType':
      return `optional(${typeName(value.value.elemType)})`;
    case 'mapType':
      return `map(${typeName(value.value.valueType)})`;
    default:
      return 'unknown';
  }
}

/** Exporters write an unknown size as nothing, an empty symbol, 0 or −1. */
function dims({ shape }: TypeProto_Tensor): OnnxDim[] | null {
  if (!shape) return null;
  return shape.dim.map(({ value }) => {
    if (value.case === 'dimParam') return value.value || null;
    return value.case === 'dimValue' && value.value > 0n ? Number(value.value) : null;
  });
}
