import { describe } from 'vitest';
import { normal } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('Einsum', () => {
  const einsum = (equation: string, ...shapes: number[][]) =>
    checkLowering({ op: 'Einsum', inputs: shapes.map(normal), attributes: { equation } });
  einsum('ij,jk->ik', [2, 3], [3, 4]);
  einsum('bij,bjk->bki', [2, 2, 3], [2, 3, 4]);
  einsum('bhqd,bhkd->bhqk', [2, 2, 3, 2], [2, 2, 4, 2]);
  einsum('ij->ji', [2, 3]);
  einsum('ij->', [2, 3]);
  einsum('ij,ij->i', [2, 3], [2, 3]);
  einsum('i,j->ij', [2], [3]);
  einsum('i,i', [3], [3]);
  einsum('ii->i', [3, 3]);
  einsum('iij->j', [3, 3, 2]);
  einsum('...ij,...jk', [2, 2, 3], [1, 3, 2]);
  einsum('...ij,jk', [2, 2, 3], [3, 2]);
  einsum('...ij->...', [2, 2, 3]);
  einsum('ij,jk,kl->il', [2, 3], [3, 2], [2, 2]);
});
