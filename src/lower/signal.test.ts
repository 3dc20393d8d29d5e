import { describe } from 'vitest';
import { checkLowering } from '../../test/unit/checkLowering';
import { integers, normal } from '../../test/unit/checkRule';

describe('a short-time Fourier transform', () => {
  const [step, window] = [integers([4], []), normal([8])];
  checkLowering({ op: 'STFT', opset: 17, inputs: [normal([2, 32, 1]), step, window] });
  checkLowering({
    op: 'STFT',
    opset: 17,
    inputs: [normal([2, 32]), step, window],
    about: 'a signal as PyTorch has it',
  });
});
