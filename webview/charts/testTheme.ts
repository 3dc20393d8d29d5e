import type { Theme } from '../theme';

/** A theme for tests of chart configurations. All its colours differ. */
export const testTheme: Theme = {
  highContrast: false,
  dark: true,
  background: '#000000',
  foreground: '#ffffff',
  muted: '#aaaaaa',
  grid: '#222222',
  series: ['#0000ff', '#ff8800', '#00ff00', '#880088', '#ff0000', '#ffff00'],
  error: '#ff2222',
  tooltip: { background: '#111111', foreground: '#eeeeee', border: '#333333' },
  fontFamily: 'sans-serif',
  fontSize: 13,
};
