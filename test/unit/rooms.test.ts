import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The rooms that each room may import from: the arrows of docs/architecture.md. A room may also import from rooms that
 * it reaches over several arrows.
 */
const ARROWS: Record<string, string[]> = {
  webview: ['protocol', 'report'],
  extension: ['protocol', 'client', 'python'],
  mcp: ['client'],
  client: ['protocol'],
  worker: ['protocol', 'analysis'],
  cli: ['analysis', 'cluster', 'report'],
  protocol: ['report'],
  analysis: [
    'diagnostics',
    'spectrum',
    'landscape',
    'dynamics',
    'compare',
    'cluster',
    'journal',
    'objective',
    'protocol',
  ],
  cluster: ['objective', 'journal', 'numerics', 'report'],
  journal: ['objective'],
  diagnostics: ['report'],
  spectrum: ['objective', 'numerics', 'report'],
  landscape: ['objective', 'numerics', 'report'],
  dynamics: ['objective', 'numerics', 'report'],
  compare: ['dynamics', 'objective', 'numerics', 'report'],
  objective: ['engine', 'data', 'loss', 'model', 'inside', 'ownGraph', 'rewrite', 'backend', 'numerics', 'report'],
  inside: ['autodiff'],
  ownGraph: ['engine', 'data', 'model'],
  engine: ['onnx', 'backend', 'zip'],
  data: ['onnx', 'zip'],
  model: ['onnx', 'lower'],
  onnx: ['graph'],
  lower: ['graph'],
  autodiff: ['graph'],
  rewrite: ['graph'],
  backend: ['graph'],
  loss: ['graph'],
  report: [],
  python: [],
  numerics: [],
  graph: [],
  zip: [],
  options: [],
  text: [],
};

/** Rooms that may import only the interface of the objective, and nothing below it. */
const KNOWS_ONLY_THE_INTERFACE = ['spectrum', 'landscape', 'dynamics', 'compare', 'cluster'];
/** Questions to an objective, and to shards of its data. */
const INTERFACE = ['src/objective/objective', 'src/objective/shards'];
const BELOW_THE_OBJECTIVE = [
  'engine',
  'data',
  'zip',
  'onnx',
  'graph',
  'model',
  'inside',
  'ownGraph',
  'lower',
  'autodiff',
  'rewrite',
  'backend',
  'loss',
];
/**
 * Rooms that all others may import: everyone may throw a UserError, word a number, look up an option, and open or write
 * a file.
 */
const OPEN_TO_ALL = ['errors', 'options', 'text', 'regularFile', 'writeWhole', 'foreignText'];

/** Packages that only one room may import. */
const OWNERS: Record<string, string[]> = {
  'onnxruntime-node': ['engine'],
  vscode: ['extension'],
  '@bufbuild/protobuf': ['onnx'],
  '@modelcontextprotocol/sdk': ['mcp'],
  '@grpc/grpc-js': ['cluster'],
};

interface Import {
  file: string;
  room: string;
  /** Room, or package name. */
  target: string;
  path: string;
  typeOnly: boolean;
  isPackage: boolean;
}

const ROOT = join(__dirname, '../..');

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** `src/graph/x.ts` → `graph`, `src/errors.ts` → `errors`, `webview/app.ts` → `webview`. */
function roomOf(path: string): string {
  const [top, second] = path.split('/');
  return top === 'src' ? second!.replace(/\.ts$/, '') : top!;
}

/** Matches import and export lines and dynamic imports. An `import type` leaves nothing in the built code. */
const IMPORT =
  /(?:^|\n)\s*(import|export)(\s+type)?\s[^;'"]*?from\s+['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(path: string): Import[] {
  const file = relative(ROOT, path).replaceAll('\\', '/');
  return [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => {
    const specifier = (match[3] ?? match[4] ?? match[5])!;
    const isPackage = !specifier.startsWith('.');
    const resolved = isPackage ? specifier : posix.join(dirname(file).replaceAll('\\', '/'), specifier);
    return {
      file,
      room: roomOf(file),
      target: isPackage ? packageOf(specifier) : roomOf(resolved),
      path: resolved,
      typeOnly: match[2] !== undefined,
      isPackage,
    };
  });
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function reachable(room: string, seen = new Set<string>()): Set<string> {
  for (const next of ARROWS[room] ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reachable(next, seen);
  }
  return seen;
}

const isTest = (file: string) => file.endsWith('.test.ts');
const all = [...filesBelow(join(ROOT, 'src')), ...filesBelow(join(ROOT, 'webview'))].flatMap(importsOf);
const product = all.filter(({ file }) => !isTest(file));
const show = ({ file, path }: Import) => `${file} imports ${path}`;

/** Finds circles by following the imports. Each circle lists its files in order. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const follow = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) found.push([...way.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) follow(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) follow(file, []);
  return found;
}

describe('rooms', () => {
  it('all appear in the table of arrows', () => {
    const rooms = new Set(product.map(({ room }) => room));
    for (const room of OPEN_TO_ALL) rooms.delete(room);
    expect([...rooms].filter((room) => !(room in ARROWS))).toEqual([]);
    expect(product.length).toBeGreaterThan(100);
  });

  it('import only along the arrows', () => {
    const against = product.filter(
      ({ room, target, isPackage, path }) =>
        !isPackage &&
        target !== room &&
        !OPEN_TO_ALL.includes(target) &&
        path.startsWith('..') === false &&
        (path.startsWith('src/') || path.startsWith('webview/')) &&
        !reachable(room).has(target),
    );
    expect(against.map(show)).toEqual([]);
  });

  it('each hold at most 12 % of the source', () => {
    const sources = [...filesBelow(join(ROOT, 'src')), ...filesBelow(join(ROOT, 'webview'))].filter(
      (path) => !isTest(path),
    );
    const lines = new Map<string, number>();
    for (const path of sources) {
      const file = relative(ROOT, path).replaceAll('\\', '/');
      // The page's folders are rooms of their own: its charts know nothing of its sections.
      const [, folder, ...rest] = file.split('/');
      const room = roomOf(file) === 'webview' && rest.length > 0 ? `webview/${folder}` : roomOf(file);
      lines.set(room, (lines.get(room) ?? 0) + readFileSync(path, 'utf8').split('\n').length);
    }
    const total = [...lines.values()].reduce((a, b) => a + b, 0);
    expect([...lines].filter(([, count]) => count > 0.12 * total)).toEqual([]);
  });

  it('of the page stand on one another: sections on charts, and charts on drawings', () => {
    const above = { charts: ['sections'], svg: ['sections', 'charts'] };
    const against = Object.entries(above).flatMap(([folder, others]) =>
      product.filter(
        ({ file, path }) =>
          file.startsWith(`webview/${folder}/`) && others.some((other) => path.startsWith(`webview/${other}/`)),
      ),
    );
    expect(against.map(show)).toEqual([]);
  });

  it('of the page load three.js only in the script of surfaces', () => {
    const loaded = product.filter(({ isPackage, target, typeOnly }) => isPackage && target === 'three' && !typeOnly);
    expect(loaded.filter(({ file }) => !file.startsWith('webview/surface/')).map(show)).toEqual([]);
    const into = product.filter(
      ({ file, path, typeOnly }) =>
        !file.startsWith('webview/surface/') && path.startsWith('webview/surface/') && !typeOnly,
    );
    expect(into.map(show)).toEqual([]);
    expect(loaded.length).toBeGreaterThan(0);
  });

  it('contain no files that import one another in a circle', () => {
    const files = new Set(product.map(({ file }) => file));
    const imports = new Map<string, string[]>();
    for (const { file, path, isPackage } of product) {
      const target = isPackage ? undefined : [`${path}.ts`, `${path}.tsx`, path].find((each) => files.has(each));
      if (target) imports.set(file, [...(imports.get(file) ?? []), target]);
    }
    expect(circles(imports)).toEqual([]);
  });

  it('export no two types of the same name', () => {
    const declared = new Map<string, string[]>();
    for (const path of [...filesBelow(join(ROOT, 'src')), ...filesBelow(join(ROOT, 'webview'))]) {
      if (isTest(path) || path.endsWith('onnx_pb.ts')) continue;
      const text = readFileSync(path, 'utf8');
      for (const [, name] of text.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm)) {
        declared.set(name!, [...(declared.get(name!) ?? []), relative(ROOT, path)]);
      }
    }
    expect([...declared].filter(([, files]) => files.length > 1)).toEqual([]);
  });

  it('above the objective import only its interface', () => {
    const against = product.filter(
      ({ room, target, path, typeOnly }) =>
        KNOWS_ONLY_THE_INTERFACE.includes(room) &&
        (target === 'objective' ? !typeOnly || !INTERFACE.includes(path) : BELOW_THE_OBJECTIVE.includes(target)),
    );
    expect(against.map(show)).toEqual([]);
  });

  it('below the objective import nothing from spectra and landscapes', () => {
    const below = [...BELOW_THE_OBJECTIVE, 'objective', 'numerics', 'report', 'diagnostics'];
    const above = ['spectrum', 'landscape', 'dynamics', 'compare', 'analysis', 'worker', 'cli', 'extension'];
    expect(product.filter(({ room, target }) => below.includes(room) && above.includes(target)).map(show)).toEqual([]);
  });

  it.each(Object.entries(OWNERS))('import %s only in its owner', (name, owners) => {
    const importers = product.filter(({ isPackage, target }) => isPackage && target === name);
    expect(importers.filter(({ room }) => !owners.includes(room)).map(show)).toEqual([]);
    expect(importers.length).toBeGreaterThan(0);
  });

  it('load ONNX Runtime in one file, which turns its telemetry off', () => {
    const everything = [...all, ...filesBelow(join(ROOT, 'test')).flatMap(importsOf)];
    const loaded = everything.filter(({ target, typeOnly }) => target === 'onnxruntime-node' && !typeOnly);
    expect(loaded.map(show)).toEqual([]);
    const required = [...filesBelow(join(ROOT, 'src')), ...filesBelow(join(ROOT, 'test'))].filter((path) =>
      /(?:require|\(__filename\))\(\s*'onnxruntime-node'/.test(readFileSync(path, 'utf8')),
    );
    expect(required.map((path) => relative(ROOT, path).replaceAll('\\', '/'))).toEqual(['src/engine/ort.ts']);
  });

  it('of the page and of the extension cannot reach the engine', () => {
    const browser = reachable('webview');
    for (const room of ['engine', 'onnx', 'analysis', 'extension', 'worker']) expect(browser).not.toContain(room);
    expect(reachable('extension')).not.toContain('engine');
    expect(product.filter(({ room, path }) => room === 'webview' && path.startsWith('node:')).map(show)).toEqual([]);
  });

  it('have no index.ts that only re-exports', () => {
    expect(all.filter(({ file }) => /(^|\/)index\.ts$/.test(file)).map(({ file }) => file)).toEqual([]);
  });
});
