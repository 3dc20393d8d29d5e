// Writes docs/pictures/VERDICT.png anew: the card of every verdict and the charts that show why, taken from the bundled
// samples. The same program, browser and fonts write the same pictures.
//   node scripts/verdictPictures.mjs [VERDICT…]
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import { palettePng } from './palettePng.mjs';

/** The sample that shows each verdict, and the charts by the beginning of their names. */
const PICTURES = {
  'numerical-trouble': ['numerical-trouble', ['Headroom before overflow']],
  'critical-point': ['strict-minimum', ['Descent along', 'Ways out']],
  saddle: ['saddle', ['Loss over the plane', 'Loss line: Eigenvector of the smallest']],
  minimum: ['strict-minimum', ['Smallest eigenvalues', 'Loss line: Eigenvector of the smallest']],
  maximum: ['maximum', ['Largest eigenvalues', 'Loss line: Eigenvector of the largest']],
  'flat-region': ['plateau', ['Descent along', 'Ways out']],
  'gradient-noise': ['gradient-noise', ['Gradient and chance']],
  'vanishing-gradient': ['vanishing-gradient', ['Gradient by depth', 'Signal by depth']],
  'exploding-gradient': ['exploding-gradient', ['Gradient by depth', 'Signal by depth']],
  'vanishing-over-time': ['rnn-vanishing', ['Gradient over time']],
  'exploding-over-time': ['rnn-exploding', ['Gradient over time']],
  'dead-units': ['dead-units', ['Dead units', 'Largest answers']],
  saturation: ['saturation', ['Saturated units']],
  'ill-conditioning': ['ill-conditioned', ['Largest eigenvalues', 'Eigenvalue spectral density']],
  sharpness: ['sharp-minimum', ['Loss line: Eigenvector of the largest', 'Largest eigenvalues']],
  'edge-of-stability': ['edge-of-stability', ['Stability of the training']],
  surrogate: ['surrogate', ['Share of the loss', 'Confidence and accuracy']],
  cliff: ['cliff', ['Wide scan']],
  'local-global': ['local-global', ['Straight way', 'Wide scan: Eigenvector of the smallest']],
  symmetry: ['symmetry', ['Distances of the weights', 'Distances of their gradients']],
  rescaling: ['rescaling', ['Balance of neighbouring layers', 'Gradient norm by layer']],
  initialization: ['initialization', ['Scale of the weights', 'Signal by depth']],
  overfitting: ['overfitting', ['Loss line: Along the gradient']],
};
const WIDTH = 900;
const MOST_BYTES = 30_000;

const root = resolve(import.meta.dirname, '..');
const folder = resolve(root, 'docs/pictures');
const run = promisify(execFile);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PICTURES);
const scratch = await mkdtemp(join(tmpdir(), 'ridgeline-pictures-'));
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-gpu'],
});
try {
  const pages = new Map();
  for (const verdict of wanted) {
    const [sample, charts] = PICTURES[verdict];
    if (!pages.has(sample)) pages.set(sample, await analyze(sample));
    const path = join(folder, `${verdict}.png`);
    const picture = await take(pages.get(sample), verdict, charts);
    await writeFile(path, picture);
    console.log(`${path} ${picture.length} bytes`);
    if (picture.length > MOST_BYTES) throw new Error(`${path} has more than ${MOST_BYTES} bytes.`);
  }
} finally {
  await browser.close();
  await rm(scratch, { recursive: true });
}

/** Analyses a sample with the built command line. Returns the path of its page. */
async function analyze(sample) {
  const html = join(scratch, `${sample}.html`);
  const model = resolve(root, 'media/samples', sample, `${sample}.onnx`);
  await run(process.execPath, [
    resolve(root, 'dist/cli.js'),
    'analyze',
    model,
    '--seed',
    '0',
    '--quiet',
    '--html',
    html,
  ]);
  return html;
}

/** Takes the picture of one card and some charts, side by side where they fit. */
async function take(html, verdict, charts) {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(pathToFileURL(html).href);
  await page.waitForTimeout(500);
  await page.evaluate(arrange, { verdict, charts });
  // Charts are drawn again in the frames after their width has changed.
  await page.waitForTimeout(500);
  const shot = PNG.sync.read(await page.locator('#picture').screenshot({ animations: 'disabled' }));
  await context.close();
  return palettePng(shot);
}

/* global document */
/** Runs in the page: leaves nothing but the card and the charts. */
function arrange({ verdict, charts }) {
  // What is fine, such as a minimum, is one line that unfolds.
  const card = document.getElementById(`finding-${verdict}`)?.closest('article, details');
  card?.setAttribute('open', '');
  if (!card) throw new Error(`No card shows ${verdict} as present.`);
  card.querySelector('footer button')?.remove();
  document.querySelectorAll('.chart-tools').forEach((tools) => tools.remove());
  const found = charts.map((name) => {
    const named = [...document.querySelectorAll(`[role=img][aria-label^="${name}"]`)];
    // Of several charts of a kind, the one with a wall is meant.
    const canvas = named.find((each) => each.ariaLabel.includes('wall begins')) ?? named[0];
    if (!canvas) throw new Error(`No chart is called ${name}.`);
    const multiple = canvas.closest('.multiple');
    const called = canvas.ariaLabel.split('. ')[0].replace(/^Loss line: /, 'Loss: ');
    if (multiple) {
      multiple.querySelector('h3').textContent = called;
      return multiple;
    }
    const alone = document.createElement('div');
    const title = document.createElement('h3');
    title.textContent = called;
    alone.append(title, canvas.closest('.figure'));
    return alone;
  });
  for (const each of found) each.style.gridColumn = 'auto';
  const picture = document.createElement('div');
  const grid = document.createElement('div');
  picture.id = 'picture';
  grid.className = 'small-multiples';
  grid.append(...found);
  picture.append(card, grid);
  Object.assign(picture.style, {
    display: 'grid',
    gap: '20px',
    padding: '16px',
    gridTemplateColumns: 'minmax(0, 1fr)',
  });
  Object.assign(grid.style, { gridTemplateColumns: `repeat(${found.length}, minmax(0, 1fr))` });
  document.querySelector('main').replaceChildren(picture);
  Object.assign(document.querySelector('main').style, { display: 'block', padding: 0 });
  for (const button of document.querySelectorAll('.toolbar')) button.remove();
}
