import { expect, it } from 'vitest';
import { chooseHeader } from './csvHeader';

const choose = (text: string) =>
  chooseHeader(
    text.split(' ').map((row) => row.split(',')),
    (cell) => cell.trim() !== '' && !Number.isNaN(Number(cell)),
  );

it.each([
  ['words over numbers', 'a,b,c 1,2,3 4,5,6', true, false],
  ['words alone', 'a,b x,y z,w', true, false],
  ['numbers alone', '1,2,4 4,5,6 7,8,9', false, false],
  ['pandas numbers and a class name', '0,1,2,species 5.1,3.5,1.4,setosa 4.9,3.0,1.4,setosa', true, true],
  ['pandas numbers over class names', '0,1,2,3 5.1,3.5,1.4,setosa 4.9,3.0,1.4,setosa', true, false],
  ['pandas numbers over fractions', '0,1,2 0.5,1.5,2.5 -1,0.25,3', true, true],
  ['wavelengths', '400,410,420,430 0.1,0.2,0.1,0.3 0.2,0.2,0.3,0.1', true, true],
  ['any numbers beside "class"', '5.1,9,class 4.9,3.0,a 4.9,3.0,b', true, false],
  [
    'a first sample that is the only one of its class',
    '5.1,3.5,1.4,setosa 7.0,3.2,4.7,versicolor 6.4,3.2,4.5,versicolor',
    false,
    false,
  ],
  ['a first sample that counts', '0,1,2 3,4,5 1,1,1', false, false],
  ['one row', '1,2,a', false, false],
])('%s', (_, text, header, told) => {
  const choice = choose(text);
  expect(choice.header).toBe(header);
  expect(choice.note !== null).toBe(told);
});
