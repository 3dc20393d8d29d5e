import type { Choice } from '../components';

/** A way in which a plane is drawn. */
export type PlaneViewName = 'contour' | 'heat' | 'surface';

/** The ways in which every plane can be drawn. */
export const PLANE_VIEWS: Choice<PlaneViewName>[] = [
  { value: 'contour', label: 'Contours' },
  { value: 'heat', label: 'Heat map' },
  { value: 'surface', label: 'Surface' },
];
