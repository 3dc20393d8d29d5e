// Takes the pictures of the README, media/screens and media/walkthrough anew: every screen of the page, from the bundled sample and
// the test fixtures. The same program, browser and fonts write the same pictures: what differs between two runs (times,
// dates, machine) is the same in all of them.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import { ensureBuilt, root } from './install.mjs';
import { measuredPage } from './measuredPages.mjs';
import { modelPage } from './modelPages.mjs';
import { BROWSER, otherStates, preparePages, THEMES } from './pageStates.mjs';
import { palettePng } from './palettePng.mjs';

const FIXTURES = 'test/fixtures';
const PAIR = `${FIXTURES}/landscapes/pair-cnn-bn`;
const DIGITS = `${FIXTURES}/mlp_digits_untrained`;

const SAMPLE = 'media/sample/lenet.onnx';

/** Colours of a picture. */
const COLORS = 192;

/** The reports that the pictures show: what the command line is told. */
const REPORTS = {
  lenet: ['analyze', SAMPLE, '--data', 'media/sample/lenet.npz'],
  comparison: ['compare', `${PAIR}/a.onnx`, `${PAIR}/b.onnx`, '--data', `${PAIR}/data.npz`],
  path: ['path', '.cache/screens/training', '--data', `${DIGITS}/data.npz`],
};

/** Each picture of media/screens. Without a state, it shows the finished report. */
const SCREENS = [
  { name: 'report-light', of: 'lenet', theme: 'light', width: 1600 },
  { name: 'report-dark', of: 'lenet', theme: 'dark', width: 1600 },
  { name: 'report-contrast', of: 'lenet', theme: 'contrast', width: 1200 },
  { name: 'report-narrow', of: 'lenet', theme: 'light', width: 400 },
  { name: 'running', of: 'lenet', state: 'running', theme: 'dark', width: 1200 },
  { name: 'interrupted', of: 'lenet', state: 'interrupted', theme: 'light', width: 1200 },
  { name: 'failed', of: 'lenet', state: 'failed', theme: 'dark', width: 800, height: 420 },
  { name: 'empty', of: 'lenet', state: 'empty', theme: 'light', width: 800, height: 420 },
  { name: 'model-light', of: 'lenet', model: true, theme: 'light', width: 1200 },
  { name: 'model-dark', of: 'lenet', model: true, theme: 'dark', width: 1200 },
  { name: 'model-narrow', of: 'lenet', model: true, theme: 'light', width: 400 },
  { name: 'configure-light', of: 'lenet', model: true, press: 'Configure…', theme: 'light', width: 1200 },
  { name: 'configure-dark', of: 'lenet', model: true, press: 'Configure…', theme: 'dark', width: 1200 },
  { name: 'verification-light', of: 'lenet', measures: 'verification', theme: 'light', width: 1200 },
  { name: 'verification-dark', of: 'lenet', measures: 'verification', theme: 'dark', width: 1200 },
  { name: 'verification-narrow', of: 'lenet', measures: 'verification', theme: 'light', width: 400 },
  { name: 'providers-light', of: 'lenet', measures: 'providers', theme: 'light', width: 1200, height: 600 },
  { name: 'providers-dark', of: 'lenet', measures: 'providers', theme: 'dark', width: 1200, height: 600 },
  { name: 'comparison', of: 'comparison', theme: 'light', width: 1200 },
  { name: 'path', of: 'path', theme: 'dark', width: 1200 },
];

/** The picture of the README: what a report shows first. */
const README = { of: 'lenet', theme: 'dark', width: 1440, height: 1000 };

/** Pictures beside the steps of the walkthrough, each in a light and a dark theme: the top of a page, or a section. */
const STEPS = [
  { name: 'sample', width: 1100, height: 820 },
  { name: 'running', state: 'running', width: 1100, height: 620 },
  { name: 'headline', width: 820, height: 560 },
  { name: 'plane', width: 820, section: '#plane' },
  { name: 'checks', width: 820, section: 'article.card:has-text("Ill-conditioning")' },
];

/**
 * Takes all pictures, or those whose path contains `only`. Reports are kept in .cache/screens; delete that folder to
 * measure again.
 */
export async function takeScreens(only = '') {
  ensureBuilt();
  const folder = resolve(root, '.cache/screens');
  await mkdir(folder, { recursive: true });
  const pages = await preparePages(folder);
  // Without a graphics driver there is no limit to the height of a picture.
  const args = [...BROWSER.args.filter((flag) => !/swiftshader/.test(flag)), '--disable-gpu'];
  const browser = await chromium.launch({ ...BROWSER, args });
  try {
    const reports = new Map();
    const reportOf = async (name) => {
      if (!reports.has(name)) reports.set(name, pages.read(await measured(name, folder)));
      return reports.get(name);
    };
    const shots = [
      { ...README, to: 'media/screenshot.png' },
      ...SCREENS.map((shot) => ({ ...shot, to: `media/screens/${shot.name}.png` })),
      ...STEPS.flatMap((shot) =>
        ['light', 'dark'].map((theme) => ({
          of: 'lenet',
          ...shot,
          theme,
          to: `media/walkthrough/${shot.name}-${theme}.png`,
        })),
      ),
    ];
    let ofModel;
    const sourceOf = async (shot, report) => {
      const { model, measures } = shot;
      if (model) return (ofModel ??= await modelPage(folder, SAMPLE, report));
      if (measures) return measuredPage(folder, measures, SAMPLE, 'media/sample/lenet.npz');
      return pageOf(pages, report, shot);
    };
    for (const shot of shots.filter(({ to }) => to.includes(only))) {
      const report = await reportOf(shot.of);
      const source = await sourceOf(shot, report);
      const picture = palettePng(await take(browser, { ...shot, ...source }), COLORS);
      const to = resolve(root, shot.to);
      await mkdir(resolve(to, '..'), { recursive: true });
      await writeFile(to, picture);
      console.log(`${shot.to} ${Math.ceil(picture.length / 1024)} KiB`);
    }
  } finally {
    await browser.close();
  }
}

/** The page of a report, in the state that a picture shows. */
async function pageOf(pages, report, { of, state }) {
  // Inside the editor, the page has more buttons than an exported one.
  const shown = state ? otherStates(report)[state] : { kind: 'report', report };
  return { file: await pages.exported(report, of), init: pages.inEditor(shown) };
}

/** Takes one picture when the page has come to rest: two pictures in a row are the same. */
async function take(browser, { file, init, theme, width, height = 900, section, state, model, measures, press, to }) {
  const context = await browser.newContext({
    viewport: { width, height },
    ...THEMES[theme],
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  page.on('pageerror', (error) => {
    throw new Error(`${to}: ${error.stack ?? error.message}`);
  });
  await page.addInitScript(init);
  await page.goto(pathToFileURL(file).href);
  if (section) await page.locator(section).waitFor();
  else
    await page
      .locator(measures ? 'table' : model ? '#parameters table' : state === undefined ? 'article.card' : 'main')
      .first()
      .waitFor();
  if (model) await page.getByRole('button', { name: 'Compute the statistics of every tensor' }).click();
  if (press) {
    await page.getByRole('button', { name: press }).click();
    await page.locator('.loss-place p').waitFor();
  }
  await page.mouse.move(0, 0); // A button under the mouse has another colour.
  const whole = to.startsWith('media/screens/');
  const shoot = () =>
    section
      ? page.locator(section).screenshot({ animations: 'disabled' })
      : page.screenshot({ fullPage: whole, animations: 'disabled' });
  // A part of the page gets a margin, so that its text does not touch the edge of the picture.
  if (section) {
    await page.locator(section).evaluate((part) => (part.style.padding = '20px'));
    // The bar of sections stays at the top of the window, and would cover the top of the part.
    await page.locator('nav').evaluateAll((bars) => bars.forEach((bar) => (bar.style.visibility = 'hidden')));
  }
  let seen = await page.screenshot();
  for (let tries = 0; ; tries += 1) {
    await page.waitForTimeout(300);
    const next = await page.screenshot();
    if (next.equals(seen)) break;
    if (tries === 100) throw new Error(`${to}: the page does not come to rest.`);
    seen = next;
  }
  const shot = await shoot();
  await context.close();
  return PNG.sync.read(shot);
}

/** Returns the JSON of a report, which the built command line measures if it is not there yet. */
async function measured(name, folder) {
  const file = join(folder, `${name}.json`);
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept) return kept;
  if (name === 'path') await train(join(folder, 'training'));
  // A run that is interrupted leaves an unfinished report, which must not be taken for the finished one.
  const unfinished = join(folder, 'unfinished.json');
  await cli(...REPORTS[name], '--output', unfinished);
  const text = alike(JSON.parse(await readFile(unfinished, 'utf8')));
  await writeFile(file, text);
  return text;
}

/** Makes the checkpoints of a small training: each begins where the best optimizer of the one before it ended. */
async function train(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const checkpoint = (step) => join(folder, `step-${step}.onnx`);
  await writeFile(checkpoint(0), await readFile(resolve(root, DIGITS, 'model.onnx')));
  for (let step = 1; step <= 4; step++) {
    const race = ['--only', 'optimizers', '--save-best', checkpoint(step)];
    await cli('analyze', checkpoint(step - 1), '--data', `${DIGITS}/data.npz`, ...race);
  }
}

async function cli(...args) {
  const same = ['--preset', 'quick', '--seed', '0', '--provider', 'cpu', '--quiet'];
  await promisify(execFile)(process.execPath, [resolve(root, 'dist/cli.js'), ...args, ...same], { cwd: root });
}

/** Gives a report the time, place and machine that all pictures show. */
function alike(report) {
  const { provenance, provider, timings, model, comparison, path } = report;
  Object.assign(provenance, { started: '2025-12-01T09:30:00.000Z', machine: 'linux x64, 8 cores' });
  delete provenance.threads;
  provenance.options = { ...provenance.options, output: undefined, quiet: undefined, provider: undefined };
  if (provider) provider.device = 'CPU, 8 threads';
  for (const [part, spent] of Object.entries(timings)) {
    timings[part] = typeof spent === 'number' ? 1 : { ...spent, seconds: 1 };
  }
  const shortened = (where) => `models/${basename(where)}`;
  model.path = shortened(model.path);
  for (const each of comparison?.models ?? []) each.path = shortened(each.path);
  for (const each of path?.checkpoints ?? []) each.file = shortened(each.file);
  report.warnings = report.warnings.filter((text) => !text.includes('this machine has'));
  if (report.notes) report.notes = report.notes.filter((text) => !text.includes('this machine has'));
  delete report.profile;
  return JSON.stringify(report);
}
