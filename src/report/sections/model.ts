import { list, number, object, text } from '../schema';
import type { Infer } from '../schema';

export const model = object({
  path: text,
  sha256: text,
  opset: number,
  producer: text,
  parameterCount: number,
  parameters: list(object({ name: text, shape: list(number), count: number })),
});
export type ModelSummary = Infer<typeof model>;
