export type { Check } from './sections/checks';
export type { Estimate } from './sections/estimate';
export type { PartCurvature } from './sections/parts';
export type { ResidualPart } from './sections/spectrum';
export type { Outliers, SpectralSummary } from './sections/spectralSummary';
