import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inEditorWords } from './editorWords';

const IN_FILE = ' Options stand in the options file beside the model.';

describe('inEditorWords', () => {
  it.each([
    [
      'Add an array «target», or name one with --target KEY.',
      `Add an array «target», or name one with “target”.${IN_FILE}`,
    ],
    ['Choose --loss bce_with_logits for two classes.', `Choose "loss": "bce_with_logits" for two classes.${IN_FILE}`],
    ['Choose a --loss that takes indices.', `Choose a “loss” that takes indices.${IN_FILE}`],
    [
      'Raise the steps (--lanczos-steps) and the samples.',
      `Raise the steps (“lanczosSteps”) and the samples.${IN_FILE}`,
    ],
    ['Use --scale 255 to divide them.', `Use "scale": 255 to divide them.${IN_FILE}`],
    ['Draw it: --only loss,lines,plane.', `Draw it: "only": ["loss", "lines", "plane"].${IN_FILE}`],
    ['Freeze them: --parameters "a.*,b.*" (2).', `Freeze them: "parameters": ["a.*", "b.*"] (2).${IN_FILE}`],
    ['Give it as --input sr=false, or in the data.', `Give it as "input": { "sr": false }, or in the data.${IN_FILE}`],
    ['Name it with --input x=KEY.', `Name it with "input": { "x": … }.${IN_FILE}`],
    [
      '«x» is 1 by default: --input x=VALUE or the data set it.',
      `«x» is 1 by default: "input": { "x": … } or the data set it.${IN_FILE}`,
    ],
    ['Use fewer samples (`--samples`).', `Use fewer samples (“samples”).${IN_FILE}`],
    ['It is over axis 2, but --class-axis puts it on 1.', `It is over axis 2, but “classAxis” puts it on 1.${IN_FILE}`],
    ['Add --class-axis -1.', `Add "classAxis": -1.${IN_FILE}`],
    [
      'Give some with --data FILE, or take --data generated.',
      'Give some with “Choose Data…”, or take generated inputs.',
    ],
    [
      'Check --parameters. `ridgeline inspect MODEL` lists them.',
      `Check “parameters”. “Inspect Model” lists them.${IN_FILE}`,
    ],
    ['Before "ridgeline verify" has told why.', 'Before “Verify Derivatives” has told why.'],
    ['"--only dynamics" adds it', `"only": ["dynamics"] adds it.${IN_FILE}`],
  ])('%s', (said, expected) => {
    expect(inEditorWords(said)).toBe(expected);
  });

  it('leaves other sentences and unknown flags alone', () => {
    for (const text of ['λ_min = −0.3 ± 0.1 – certain.', 'python -m tf2onnx.convert --tflite FILE', 'a--b', '']) {
      expect(inEditorWords(text)).toBe(text);
    }
  });

  it('rewrites a sentence once', () => {
    const once = inEditorWords('Use --batch 64, or --samples N.');
    expect(inEditorWords(once)).toBe(once);
  });
});

/** Rooms whose sentences are read in a terminal alone. */
const TERMINAL = ['src/cli', 'src/mcp', 'src/python', 'src/options/editorWords.ts'];
/** Flags of other programs. */
const FOREIGN = /--(?:tflite|verify|short|x1|kill-on-bad-exit|partition)\b/;

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (TERMINAL.includes(path.replaceAll('\\', '/'))) return [];
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** The string literals of a source that name a flag or a command of the command line; what is inserted becomes `x1`. */
function sentencesIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const literals = code.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? [];
  return (
    literals
      .map((literal) =>
        literal
          .slice(1, -1)
          .replace(/\\(.)/g, '$1')
          .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'x1'),
      )
      // A word alone is an argument of another program, and no sentence.
      .filter((text) => !/^--\S+$/.test(text))
      .filter((text) =>
        /(?:^|[\s"(`])--[a-z]|\bridgeline (?:analyze|inspect|verify|compare|path|providers)\b/.test(text),
      )
  );
}

describe('every sentence that the editor may show', () => {
  const found = sources('src').flatMap((path) =>
    sentencesIn(readFileSync(path, 'utf8')).map((text) => ({ path, text })),
  );

  it('is found in the sources', () => expect(found.length).toBeGreaterThan(60));

  it('names neither a flag nor a command of the terminal', () => {
    const left = found
      .map(({ path, text }) => ({ path, said: inEditorWords(text) }))
      .filter(({ said }) =>
        /(?:^|[\s"(`])--[a-z]|\bridgeline (?:analyze|inspect|verify|compare|path|providers)\b/.test(said),
      )
      .filter(({ said }) => !FOREIGN.test(said));
    expect(left).toEqual([]);
  });
});
