import { basin } from './basin';
import { cliff } from './cliff';
import { companions } from './companions';
import { curvatureAlong } from './curvatureAlong';
import { depth } from './depth';
import { descent } from './descent';
import { escape } from './escape';
import { elsewhere } from './elsewhere';
import { features } from './features';
import { gaussNewton } from './gaussNewton';
import { gradient } from './gradient';
import { earlyLines, lines } from './lines';
import { loss } from './loss';
import type { Measurement } from './measurement';
import { noise } from './noise';
import { numerics } from './numerics';
import { optimizers } from './optimizers';
import { planeCurvature } from './planeCurvature';
import { firstPicture, planes } from './planes';
import { quadratic } from './quadratic';
import { selfChecks } from './selfChecks';
import { spectrum } from './spectrum';
import { stability } from './stability';
import { surrogate } from './surrogate';
import { structure } from './structure';
import { testData } from './testData';

/** Every measurement, in the order in which a user wants to see the results. */
export const MEASUREMENTS: readonly Measurement[] = [
  loss,
  gradient,
  depth,
  descent,
  noise,
  stability,
  structure,
  features,
  testData,
  earlyLines,
  firstPicture,
  numerics,
  curvatureAlong,
  spectrum,
  escape,
  gaussNewton,
  companions,
  lines,
  quadratic,
  surrogate,
  planes,
  planeCurvature,
  basin,
  cliff,
  elsewhere,
  optimizers,
  selfChecks,
];
