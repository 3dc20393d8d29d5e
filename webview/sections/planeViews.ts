import type { Choice } from '../components';

/** The ways in which every plane can be drawn. */
export const PLANE_VIEWS: Choice<'contour' | 'heat' | 'surface'>[] = [
  { value: 'contour', label: 'Contours' },
  { value: 'heat', label: 'Heat map' },
  { value: 'surface', label: 'Surface' },
];
