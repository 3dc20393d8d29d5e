import type { openStage } from '../surface/stage';

/** What the script of surfaces defines, named in `scripts/build.mjs`. */
interface SurfaceScript {
  openStage: typeof openStage;
}

let loading: Promise<SurfaceScript> | undefined;

/**
 * Loads the script that draws surfaces, once for a page. It is as large as all the rest of the page, and most readers
 * look at contours; so the page does without it until the first surface is shown.
 */
export function loadStage(): Promise<SurfaceScript> {
  return (loading ??= run(surfaceScript()).catch((error: unknown) => {
    loading = undefined;
    throw error;
  }));
}

/** The script's element: with the text that an exported file holds, or with the address that the editor gave. */
function surfaceScript(): HTMLScriptElement {
  const script = document.createElement('script');
  const held = document.getElementById('surface-script');
  if (held) script.textContent = held.textContent;
  else {
    script.src = contentOf('surface-script');
    script.nonce = contentOf('csp-nonce');
  }
  return script;
}

async function run(script: HTMLScriptElement): Promise<SurfaceScript> {
  // A script that holds its text runs while it is added, and says nothing of it.
  if (script.src === '') document.head.append(script);
  else
    await new Promise((done, failed) => {
      script.addEventListener('load', done);
      script.addEventListener('error', () => failed(new Error(`The script of surfaces did not load: ${script.src}`)));
      document.head.append(script);
    });
  const { ridgelineSurface } = globalThis as { ridgelineSurface?: SurfaceScript };
  if (!ridgelineSurface) throw new Error('The script of surfaces did not run.');
  return ridgelineSurface;
}

function contentOf(property: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[property="${property}"]`)?.content ?? '';
}
