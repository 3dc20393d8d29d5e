import { faded } from './color';

/** The colours and fonts of the canvases, read from the editor's theme variables or the palettes in style.css. */
export interface Theme {
  /** True in a high-contrast theme, where the charts draw heavier marks. */
  highContrast: boolean;
  dark: boolean;
  background: string;
  foreground: string;
  /** Colour of secondary text. */
  muted: string;
  /** Colour of grid lines and hairlines. */
  grid: string;
  /** Series colours, in order: blue, orange, green, purple, red, yellow. */
  series: readonly string[];
  error: string;
  tooltip: { background: string; foreground: string; border: string };
  fontFamily: string;
  fontSize: number;
}

/** Reads the current theme. VS Code sets the theme's kind as a class of the body; the standalone host does the same. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const kinds = document.body.classList;
  const highContrast = kinds.contains('vscode-high-contrast') || kinds.contains('vscode-high-contrast-light');
  const foreground = variable('--vscode-editor-foreground', style.color);
  const background = variable('--vscode-editor-background', style.backgroundColor);
  return {
    highContrast,
    dark: !kinds.contains('vscode-light') && !kinds.contains('vscode-high-contrast-light'),
    background,
    foreground,
    muted: highContrast ? foreground : variable('--vscode-descriptionForeground', foreground),
    grid: faded(foreground, highContrast ? 0.35 : 0.13),
    series: ['blue', 'orange', 'green', 'purple', 'red', 'yellow'].map((name) =>
      variable(`--vscode-charts-${name}`, foreground),
    ),
    error: variable('--vscode-errorForeground', variable('--vscode-charts-red', foreground)),
    tooltip: {
      background: variable('--vscode-editorHoverWidget-background', background),
      foreground: variable('--vscode-editorHoverWidget-foreground', foreground),
      border: variable('--vscode-editorHoverWidget-border', foreground),
    },
    fontFamily: variable('--vscode-font-family', 'system-ui, sans-serif'),
    fontSize: Number.parseFloat(variable('--vscode-font-size', '13px')) || 13,
  };
}

/** Tells whether the system or the editor asks for reduced motion. */
export function wantsReducedMotion(): boolean {
  return (
    matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion')
  );
}

/** Calls back after VS Code changes the theme, which rewrites the body's class and the root element's variables. */
export function watchTheme(changed: () => void): void {
  let pending = false;
  const observer = new MutationObserver(() => {
    if (pending) return;
    pending = true;
    // The class and the variables change in separate mutations, so both are handled once per frame.
    requestAnimationFrame(() => {
      pending = false;
      changed();
    });
  });
  // Paper is light. It is not painted again later, so the charts are drawn before.
  for (const event of ['beforeprint', 'afterprint']) window.addEventListener(event, changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
