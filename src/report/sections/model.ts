import { about, list, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';

export const model = object({
  path: text,
  sha256: text,
  opset: number,
  producer: text,
  parameterCount: number,
  parameters: list(
    object({
      name: about('Name of the tensor in the file.', text),
      label: optional(
        text,
        'Name to show, where an exporter generated that of the file: that of the layer that reads it.',
      ),
      shape: list(number),
      count: number,
    }),
  ),
});
export type ModelSummary = Infer<typeof model>;
