import type { WritableModel } from '../../../src/onnx/write';
import { tensor } from '../../../src/graph/tensor';
import { int, NetworkWriter } from './networkWriter';
import type { Wire } from './networkWriter';

interface EncoderShape {
  batch: number;
  /** Width of a token. */
  width: number;
  heads: number;
  depth: number;
  classes: number;
}

export interface VitShape extends EncoderShape {
  image: number;
  patch: number;
}

export interface BertShape extends EncoderShape {
  tokens: number;
  vocabulary: number;
}

export const VIT_B_16 = { image: 224, patch: 16, width: 768, heads: 12, depth: 12, classes: 1000 };
export const BERT_BASE = { tokens: 128, vocabulary: 30522, width: 768, heads: 12, depth: 12, classes: 2 };

/** Vision transformer (Dosovitskiy et al. 2021, arXiv:2010.11929), which normalizes before each branch. */
export function vit({ batch, image, patch, width, heads, depth, classes }: VitShape, seed = 0): WritableModel {
  const net = new NetworkWriter(seed);
  const pixels = net.input('image', [batch, 3, image, image]);
  const patches = (image / patch) ** 2;
  const w = net.weight('patch.weight', [width, 3, patch, patch], Math.sqrt(1 / (3 * patch * patch)));
  const b = net.weight('patch.bias', [width], 0.01);
  const size = { kind: 'ints', value: [patch, patch] } as const;
  const grid = net.apply('Conv', [pixels, w, b], [batch, width, image / patch, image / patch], {
    kernel_shape: size,
    strides: size,
  });
  const tokens = net.transpose(net.reshape(grid, [batch, width, patches]), [0, 2, 1]);
  const repeat = net.constant('class.shape', tensor('int64', [3], [batch, 1, width]));
  const first = net.apply('Expand', [net.weight('class', [1, 1, width], 0.02), repeat], [batch, 1, width]);
  let x = net.apply('Concat', [first, tokens], [batch, patches + 1, width], { axis: int(1) });
  x = net.add(x, net.weight('position', [1, patches + 1, width], 0.02));
  for (let i = 0; i < depth; i++) {
    const name = `layer${i}`;
    x = net.add(x, attention(net, name, net.layerNorm(`${name}.norm1`, x), heads, depth));
    x = net.add(x, feedForward(net, name, net.layerNorm(`${name}.norm2`, x), depth));
  }
  return net.finish(net.gemm('classifier', firstToken(net, net.layerNorm('norm', x)), classes));
}

/**
 * BERT (Devlin et al. 2019, arXiv:1810.04805) with a classifier on its first token. It normalizes after each branch.
 */
export function bert({ batch, tokens, vocabulary, width, heads, depth, classes }: BertShape, seed = 0): WritableModel {
  const net = new NetworkWriter(seed);
  const ids = net.input('input_ids', [batch, tokens], 'int64');
  const table = net.weight('embeddings.word', [vocabulary, width], 0.02);
  const words = net.apply('Gather', [table, ids], [batch, tokens, width], { axis: int(0) });
  let x = net.add(words, net.weight('embeddings.position', [1, tokens, width], 0.02));
  x = net.layerNorm('embeddings.norm', net.add(x, net.weight('embeddings.type', [1, 1, width], 0.02)));
  for (let i = 0; i < depth; i++) {
    const name = `layer${i}`;
    x = net.layerNorm(`${name}.norm1`, net.add(x, attention(net, name, x, heads, depth)));
    x = net.layerNorm(`${name}.norm2`, net.add(x, feedForward(net, name, x, depth)));
  }
  const pooled = net.unary('Tanh', net.gemm('pooler', firstToken(net, x), width));
  return net.finish(net.gemm('classifier', pooled, classes));
}

/** Attention: softmax(Q·Kᵀ/√d)·V over heads, then a linear map, of x [N, T, width]. */
function attention(net: NetworkWriter, name: string, x: Wire, heads: number, depth: number): Wire {
  const [batch, tokens, width] = x.shape;
  const size = width / heads;
  const split = (part: string, perm: readonly number[]) =>
    net.transpose(net.reshape(net.linear(`${name}.${part}`, x, width), [batch, tokens, heads, size]), perm);
  const scores = net.apply(
    'MatMul',
    [split('query', [0, 2, 1, 3]), split('key', [0, 2, 3, 1])],
    [batch, heads, tokens, tokens],
  );
  const weights = net.apply('Softmax', [net.scale(scores, 1 / Math.sqrt(size))], scores.shape, { axis: int(-1) });
  const mixed = net.apply('MatMul', [weights, split('value', [0, 2, 1, 3])], [batch, heads, tokens, size]);
  const joined = net.reshape(net.transpose(mixed, [0, 2, 1, 3]), [batch, tokens, width]);
  return net.linear(`${name}.out`, joined, width, 1 / Math.sqrt(2 * depth));
}

const WIDENING = 4;

function feedForward(net: NetworkWriter, name: string, x: Wire, depth: number): Wire {
  const width = x.shape[2];
  const hidden = net.gelu(net.linear(`${name}.up`, x, WIDENING * width));
  return net.linear(`${name}.down`, hidden, width, 1 / Math.sqrt(2 * depth));
}

/** Takes the first token: [N, T, width] → [N, width]. */
function firstToken(net: NetworkWriter, x: Wire): Wire {
  const index = net.constant('first', tensor('int64', [], [0]));
  return net.apply('Gather', [x, index], [x.shape[0], x.shape[2]], { axis: int(1) });
}
