import { describe, expect, it } from 'vitest';
import { onnxExportsIn } from './exports';

const paths = (source: string, others: string[] = []) =>
  onnxExportsIn(source, 'train.py', others).map(({ path }) => path);

describe('exports whose path is written down', () => {
  it.each([
    ['torch.onnx.export(net, x, "a.onnx")', 'a.onnx'],
    ["torch.onnx.export(net, (x,), f='a.onnx', opset_version=18)", 'a.onnx'],
    ['import torch.onnx as to\nto.export(net, x, "a.onnx")', 'a.onnx'],
    ['from torch.onnx import export\nexport(net, x, "a.onnx")', 'a.onnx'],
    ['from torch import onnx as o, nn\no.export(net, x, "a.onnx")', 'a.onnx'],
    ['program = torch.onnx.export(net, x, dynamo=True)\nprogram.save("a.onnx")', 'a.onnx'],
    ['model.export("a.onnx", format="onnx")', 'a.onnx'],
    ['model = YOLO("runs/best.pt")\nmodel.export(format="onnx", imgsz=640)', 'runs/best.onnx'],
    ['YOLO("yolov8n.pt").export(format="ONNX")', 'yolov8n.onnx'],
    ['tf2onnx.convert.from_keras(model, spec, opset=13, output_path="a.onnx")', 'a.onnx'],
    ['import tf2onnx.convert as c\nc.from_function(f, output_path="a.onnx")', 'a.onnx'],
    ['from jax2onnx import to_onnx\nto_onnx(f, [("B", 3)], output_path="a.onnx")', 'a.onnx'],
    ['lightning.to_onnx("a.onnx", x)', 'a.onnx'],
    ['onnx.save(onx, "a.onnx")', 'a.onnx'],
    ['onnx.save_model(proto=onx, f="a.onnx")', 'a.onnx'],
    ['with open("a.onnx", "wb") as f:\n    f.write(onx.SerializeToString())', 'a.onnx'],
    ['with Path("a.onnx").open("wb") as f:\n    f.write(onx.SerializeToString())', 'a.onnx'],
  ])('%s', (source, path) => {
    expect(paths(source)).toEqual([path]);
  });
});

describe('how a path may be written', () => {
  it.each([
    [
      'several lines, comments and a trailing comma',
      'torch.onnx.export(\n    net,  # the net, "trained"\n    x,\n    "out/" # folder\n    "a.onnx",\n)',
      'out/a.onnx',
    ],
    ['a line that goes on', 'torch.onnx.export(net, \\\n  x, "a.onnx")', 'a.onnx'],
    ['three quotes', 'torch.onnx.export(net, x, """a.onnx""")', 'a.onnx'],
    ['a raw string', 'torch.onnx.export(net, x, r"out\\a.onnx")', 'out\\a.onnx'],
    ['an escape', 'torch.onnx.export(net, x, "it\\\'s.onnx")', "it's.onnx"],
    ['a sum', 'name = "a"\ntorch.onnx.export(net, x, "out/" + name + ".onnx")', 'out/a.onnx'],
    ['an f-string', 'out = "runs"\nn = 3\ntorch.onnx.export(net, x, f"{out}/a{{}}_{n}.onnx")', 'runs/a{}_3.onnx'],
    ['an f-string with quotes in its field', 'torch.onnx.export(net, x, f"{\'a\'}.onnx")', 'a.onnx'],
    [
      'pathlib',
      'from pathlib import Path\nOUT = Path("out")\ntorch.onnx.export(net, x, str(OUT / "sub" / "a.onnx"))',
      'out/sub/a.onnx',
    ],
    ['os.path', 'import os\ntorch.onnx.export(net, x, os.path.join("out", "a.onnx"))', 'out/a.onnx'],
    [
      'the folder of the file',
      'here = Path(__file__).resolve().parent\ntorch.onnx.export(net, x, here / "a.onnx")',
      './a.onnx',
    ],
    [
      'the folder of the file, with os',
      'import os\ntorch.onnx.export(net, x, os.path.join(os.path.dirname(__file__), "a.onnx"))',
      './a.onnx',
    ],
    ['another suffix', 'W = Path("out/a.pt")\ntorch.onnx.export(net, x, W.with_suffix(".onnx"))', 'out/a.onnx'],
    ['an absolute part', 'torch.onnx.export(net, x, Path("out") / "/tmp/a.onnx")', '/tmp/a.onnx'],
    ['a variable with a type', 'PATH: str = "a.onnx"\ntorch.onnx.export(net, x, PATH)', 'a.onnx'],
    ['in a function and a condition', 'def main():\n    if True: torch.onnx.export(net, x, ("a.onnx"))\n', 'a.onnx'],
    ['an argument of another call', 'check(torch.onnx.export(net, x, "a.onnx"), [1, 2])', 'a.onnx'],
    ['behind a conditional argument', 'torch.onnx.export(net, x if y else z, "a.onnx")', 'a.onnx'],
    [
      'behind a lambda and a comprehension',
      'torch.onnx.export(net, tuple(v for v in xs), "a.onnx", k=lambda a, b: a)',
      'a.onnx',
    ],
  ])('%s', (_, source, path) => {
    expect(paths(source)).toEqual([path]);
  });
});

describe('what is no export, or has no path that is known', () => {
  it.each([
    ['a comment', '# torch.onnx.export(net, x, "a.onnx")'],
    ['a string', 'print("torch.onnx.export(net, x, \'a.onnx\')")'],
    ['a docstring', '"""\ntorch.onnx.export(net, x, "a.onnx")\n"""'],
    ['an argument of the program', 'torch.onnx.export(net, x, args.output)'],
    ['a variable that is assigned twice', 'p = "a.onnx"\np = "b.onnx"\ntorch.onnx.export(net, x, p)'],
    ['a variable of a loop', 'for p in ["a.onnx"]:\n    torch.onnx.export(net, x, p)'],
    ['a variable that a function changes', 'p = "a.onnx"\ndef f(p):\n    torch.onnx.export(net, x, p)'],
    ['a variable that grows', 'p = "a"\np += ".onnx"\ntorch.onnx.export(net, x, p)'],
    ['one of two values', 'p = "a.onnx" if big else "b.onnx"\ntorch.onnx.export(net, x, p)'],
    ['variables of one another', 'a = b\nb = a\ntorch.onnx.export(net, x, a + ".onnx")'],
    ['a formatted number', 'torch.onnx.export(net, x, f"a{3:03d}.onnx")'],
    ['bytes', 'torch.onnx.export(net, x, b"a.onnx")'],
    ['a buffer', 'torch.onnx.export(net, x, io.BytesIO())'],
    ['another format', 'model.export(format="engine")  # not onnx'],
    ['a file that is read', 'open("a.onnx", "rb").read()\nopen("a.onnx")'],
    ['another file', 'model.save("a.pt")  # onnx'],
    ['a call that is never closed', 'torch.onnx.export(net, x, f"{'],
  ])('%s', (_, source) => {
    expect(paths(source)).toEqual([]);
  });
});

it('finds every export at its place', () => {
  const source = 'import onnx\n\nonnx.save(a, "a.onnx"); onnx.save(b, "b.onnx")\n';
  const found = onnxExportsIn(source);
  expect(found.map(({ path }) => path)).toEqual(['a.onnx', 'b.onnx']);
  for (const { at } of found) expect(source.slice(at)).toMatch(/^onnx\.save/);
});

it('reads the other cells of a notebook, and skips magic commands', () => {
  const cell = '%%time\n!pip install onnx "torch\n%matplotlib inline\nt.export(net, x, OUT)  # onnx';
  expect(paths(cell, ['import torch.onnx as t', 'OUT = "a.onnx"'])).toEqual(['a.onnx']);
  expect(paths(cell, ['import torch.onnx as t', 'OUT = "a.onnx"', 'OUT = "b.onnx"'])).toEqual([]);
});
