import { PROVIDERS } from '../../options/options';
import { about, list, object, oneOf, text } from '../schema';
import type { Infer } from '../schema';

export const provider = object({
  requested: oneOf(PROVIDERS),
  used: text,
  device: about('"CPU, 2 threads", or the name of the adapter.', text),
  fallbacks: list(object({ node: text, operator: text, reason: text })),
});
export type ProviderSummary = Infer<typeof provider>;
