import { companions } from './companions';
import { curvatureAlong } from './curvatureAlong';
import { gaussNewton } from './gaussNewton';
import { gradient } from './gradient';
import { earlyLines, lines } from './lines';
import { loss } from './loss';
import type { Measurement } from './measurement';
import { firstPicture, planes } from './planes';
import { selfChecks } from './selfChecks';
import { spectrum } from './spectrum';

/** Every measurement, in the order of what a person wants to see first. */
export const MEASUREMENTS: readonly Measurement[] = [
  loss,
  gradient,
  earlyLines,
  firstPicture,
  curvatureAlong,
  spectrum,
  gaussNewton,
  companions,
  lines,
  planes,
  selfChecks,
];
