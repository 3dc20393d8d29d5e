import { object, text } from '../schema';
import type { Infer } from '../schema';

export const notFinite = object({ what: text, action: text });
/** Why a figure is NaN or ∞, and what to do about it. */
export type NotFinite = Infer<typeof notFinite>;
