import { flag, list, number, object, text } from '../report/schema';
import type { Infer, Schema } from '../report/schema';
import { check } from '../report/sections/checks';

const providerProbe = object({
  name: text,
  available: flag,
  /** Name of the adapter, or "CPU, 2 threads"; empty if the provider is not available. */
  device: text,
  /** Why it is not available, or why `auto` takes it or does not, in one line. */
  reason: text,
  /** Whether all that it lacks are libraries, which a command installs. */
  isInstallable: flag,
  /** Whether an analysis that asks for it runs on it. */
  isUsable: flag,
  /** Measured rate of matrix products in GFLOP/s; 0 if the provider is not available. */
  gflops: number,
  /** Largest relative difference from the CPU provider on the probe. */
  error: number,
  /** Number of significant bits that the provider keeps of the factors of a product: 24 in float32, 11 in TF32. */
  bits: number,
});

const providersFound = object({
  providers: list(providerProbe),
  /** What `auto` chooses, and why. */
  chosen: text,
  reason: text,
});
/** The execution providers of a machine, each tried. */
export type ProvidersFound = Infer<typeof providersFound>;

const verification = object({
  checks: list(check),
  /** The data on which the derivatives were checked. */
  data: text,
  /** When the model's file was last changed, in milliseconds since 1970. */
  fileTime: number,
});
/** The self-checks of the derivatives of a model. */
export type Verification = Infer<typeof verification>;

/** What each page of a measurement shows. */
export interface MeasuredResults {
  verification: Verification;
  providers: ProvidersFound;
}
export type MeasuredName = keyof MeasuredResults;

const RESULTS: { [Name in MeasuredName]: Schema<MeasuredResults[Name]> } = { verification, providers: providersFound };

/** A result with the time at which it was measured, in ISO 8601. */
export interface Dated<Name extends MeasuredName> {
  result: MeasuredResults[Name];
  measured: string;
}

/** Writes a result as JSON, in which NaN and ±∞ are spelled out. */
export function packDated<Name extends MeasuredName>(dated: Dated<Name>): string {
  return JSON.stringify(dated, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

/** Reads what `packDated` wrote. Returns undefined for anything else, such as what an earlier version wrote. */
export function unpackDated<Name extends MeasuredName>(name: Name, packed: unknown): Dated<Name> | undefined {
  if (typeof packed !== 'string') return undefined;
  try {
    return object({ result: RESULTS[name] as Schema<MeasuredResults[Name]>, measured: text }).read(JSON.parse(packed));
  } catch {
    return undefined;
  }
}
