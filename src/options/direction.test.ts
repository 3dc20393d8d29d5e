import { expect, test } from 'vitest';
import { formatLine, formatPlane, parseLine, parsePlane } from './direction';

test.each([
  ['gradient', { direction: { kind: 'gradient' }, range: null }],
  ['gradient:-1:1:21', { direction: { kind: 'gradient' }, range: { from: -1, to: 1, steps: 21 } }],
  [
    'random/layer:-.5:1e-1:3',
    { direction: { kind: 'random', normalization: 'layer' }, range: { from: -0.5, to: 0.1, steps: 3 } },
  ],
  ['random/weight', { direction: { kind: 'random', normalization: 'weight' }, range: null }],
  ['random/biases', { direction: { kind: 'random', normalization: 'filter', biases: true }, range: null }],
  ['random/layer/no-biases', { direction: { kind: 'random', normalization: 'layer' }, range: null }],
  ['random/none/no-biases', { direction: { kind: 'random', normalization: 'none', biases: false }, range: null }],
  ['top/12', { direction: { kind: 'top', index: 12 }, range: null }],
  ['to/other model.onnx', { direction: { kind: 'to', path: 'other model.onnx' }, range: null }],
  ['to/C:\\models\\b.onnx', { direction: { kind: 'to', path: 'C:\\models\\b.onnx' }, range: null }],
  [
    'to/C:\\models\\b.onnx:0:1:11',
    { direction: { kind: 'to', path: 'C:\\models\\b.onnx' }, range: { from: 0, to: 1, steps: 11 } },
  ],
  ['to//abs/a,b:c.onnx', { direction: { kind: 'to', path: '/abs/a,b:c.onnx' }, range: null }],
])('reads the line %s', (text, expected) => {
  expect(parseLine(text)).toEqual(expected);
});

test.each([
  ['random,random', 'random', 'random', null],
  ['parameters,gradient:-1:1:3', 'parameters', 'gradient', { from: -1, to: 1, steps: 3 }],
  ['to/a,b.onnx,to/D:\\x,y.onnx:-1:2:5', 'to/a,b.onnx', 'to/D:\\x,y.onnx', { from: -1, to: 2, steps: 5 }],
])('reads the plane %s', (text, x, y, range) => {
  expect(parsePlane(text)).toEqual({ x: parseLine(x).direction, y: parseLine(y).direction, range });
});

test('a comma inside a path does not split a plane if the left part is not a direction', () => {
  const { x, y } = parsePlane('random/none,to/a,random');
  expect([x, y]).toEqual([parseLine('random/none').direction, parseLine('to/a,random').direction]);
});

test.each([
  'gradients',
  'top/0',
  'top/',
  'to/',
  'random/weird',
  'gradient:1:2',
  'gradient:1:1:5',
  'gradient:0:1:2.5',
  '',
])('refuses the line «%s» and lists the directions', (text) => {
  expect(() => parseLine(text)).toThrow(/Directions are gradient, parameters, random/);
});

test.each(['random', 'random,', ',random', 'random,what'])('refuses the plane «%s»', (text) => {
  expect(() => parsePlane(text)).toThrow('A plane needs two directions');
});

test.each([
  'gradient:-1:1:21',
  'random',
  'random/none',
  'random/weight/biases',
  'random/biases:0:1:2',
  'bottom/2:0:1:3',
  'to/C:\\a,b.onnx',
])('writes %s as it was read', (text) => {
  expect(formatLine(parseLine(text))).toBe(text);
  expect(formatPlane(parsePlane(`gradient,${text}`))).toBe(`gradient,${text}`);
});
