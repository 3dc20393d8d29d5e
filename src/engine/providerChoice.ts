import type { Precision } from '../options/options';
import { formatNumber } from '../text/numbers';
import { FLOAT32_BITS, preciseEnough } from './precision';
import type { ProviderName } from './runtime';

/** What a trial of an execution provider found. */
export interface ProbedProvider {
  name: ProviderName;
  available: boolean;
  /** "CPU, 2 threads"; empty if it is not available. */
  device: string;
  /** Why it is not available, in one line; empty if it is. */
  reason: string;
  /** Whether all it lacks are libraries that the user can have installed. */
  isInstallable: boolean;
  /** Measured matrix-product rate; 0 when unavailable. */
  gflops: number;
  /** Largest difference from the CPU provider, relative to the largest result. */
  error: number;
  /** Significant bits it keeps of the factors: 24 in float32, 11 in TF32. */
  bits: number;
}

/** A larger difference than the rounding of 384 terms means that the device computes wrongly. */
const ALLOWED_ERROR: Record<Precision, number> = { float32: 1e-4, reduced: 3e-2 };

/** Chooses the first accelerator that computes the CPU's numbers faster than the CPU, or else the CPU. */
export function automaticChoice(
  probes: readonly ProbedProvider[],
  precision: Precision = 'float32',
): { chosen: ProbedProvider; reason: string } {
  const [cpu] = probes as readonly [ProbedProvider, ...ProbedProvider[]];
  const best = probes.slice(1).find((p) => p.available && !objection(p, precision) && p.gflops > cpu.gflops);
  return best ? { chosen: best, reason: rates(best, cpu) } : { chosen: cpu, reason: 'no accelerator is faster here' };
}

/** Says in one line why a provider is not available, or else why `auto` takes it or does not. */
export function standing(
  probe: ProbedProvider,
  probes: readonly ProbedProvider[],
  precision: Precision = 'float32',
): string {
  if (!probe.available) return probe.reason;
  const { chosen, reason } = automaticChoice(probes, precision);
  if (probe === chosen) return reason;
  const fault = objection(probe, precision);
  if (fault !== null) return fault;
  return probe.gflops > chosen.gflops
    ? `works, but "auto" tries ${chosen.name} first`
    : `not faster than ${nameOf(chosen)}: ${rates(probe, chosen)}`;
}

const nameOf = ({ name }: ProbedProvider): string => (name === 'cpu' ? 'the CPU' : name);

const rates = (first: ProbedProvider, second: ProbedProvider): string =>
  `${formatNumber(first.gflops, 3)} GFLOP/s against ${formatNumber(second.gflops, 3)} on ${nameOf(second)}`;

/**
 * Why a working device is not chosen.
 * @param remedy what is added where only the precision is at fault
 */
export function objection(
  { error, bits }: Pick<ProbedProvider, 'error' | 'bits'>,
  precision: Precision,
  remedy = '',
): string | null {
  if (!(error <= ALLOWED_ERROR[precision])) return `its numbers differ from the CPU's by ${formatNumber(error, 2)}`;
  if (preciseEnough(bits, precision)) return null;
  return `it keeps ${bits} bits of its factors, but float32 has ${FLOAT32_BITS}${remedy}`;
}
