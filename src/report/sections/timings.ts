import { dictionary, number, numberOr, object, optional } from '../schema';

const spent = object({ count: number, seconds: number });

export const timings = dictionary({ hvp: optional(spent), ggnvp: optional(spent) }, numberOr(spent));
/** Seconds by part (load, compile, loss, gradient, spectrum, ggn, lines, plane, total, …), and those of all products. */
