import type { NamedDrawing } from '../protocol/webview';

const LONGEST_NAME = 60;

/**
 * Names the files of a page's drawings: numbered in the order of the page, so that a folder lists them as the page shows
 * them and charts of one name stay apart. A name holds only a to z, digits and hyphens, whatever the chart is called.
 */
export function figureFiles(drawings: readonly NamedDrawing[]): NamedDrawing[] {
  const digits = Math.max(2, String(drawings.length).length);
  return drawings.map(({ name, svg }, index) => {
    const words = spelledOut(name).slice(0, LONGEST_NAME).replace(/-$/, '');
    return { name: `${[String(index + 1).padStart(digits, '0'), words].filter(Boolean).join('-')}.svg`, svg };
  });
}

/** Greek letters that name figures, as file names can hold them. */
const LETTERS: Record<string, string> = { λ: 'lambda', θ: 'theta', σ: 'sigma', α: 'alpha', κ: 'kappa', η: 'eta' };

function spelledOut(name: string): string {
  return name
    .toLowerCase()
    .replace(/[λθσακη]/g, (letter) => ` ${LETTERS[letter]} `)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
