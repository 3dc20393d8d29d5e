/** A bundled model that shows one difficulty of training. */
export interface Sample {
  /** Folder below `media/samples`, and the name of its files: NAME.onnx, NAME.npz, NAME.landscape.json. */
  name: string;
  title: string;
  /** What the model is, and what its report shows: two sentences. */
  about: readonly [string, string];
  /** The verdict that is present. */
  verdict: string;
}

/** Every bundled sample, in the order in which people choose one. `npm run generate:samples` writes their files. */
export const SAMPLES: readonly Sample[] = [
  {
    name: 'strict-minimum',
    title: 'Strict minimum',
    about: [
      'Logistic regression on two overlapping classes, trained by Newton’s method until the gradient vanished.',
      'Every eigenvalue of the Hessian is positive, so every direction goes up.',
    ],
    verdict: 'minimum',
  },
  {
    name: 'saddle',
    title: 'Saddle point',
    about: [
      'A linear network of two layers has learned the strongest of four patterns and knows nothing of the other three.',
      'The gradient is zero, but the eigenvector of the smallest eigenvalue leads down to the next pattern.',
    ],
    verdict: 'saddle',
  },
  {
    name: 'degenerate-saddle',
    title: 'Degenerate saddle point',
    about: [
      'A linear network of three layers in which every weight is zero.',
      'Gradient and Hessian both vanish, and the loss falls only where all three layers move together.',
    ],
    verdict: 'saddle',
  },
  {
    name: 'maximum',
    title: 'Local maximum',
    about: [
      'An autoencoder with one hidden unit uses the same weights to encode and to decode, and all of them are zero.',
      'The gradient is zero and every direction goes down, so any small step helps.',
    ],
    verdict: 'maximum',
  },
  {
    name: 'plateau',
    title: 'Plateau',
    about: [
      'Six layers of sigmoids with small weights answer the same for every input.',
      'The loss is that of chance, almost no gradient arrives at the first layers, and no short way leads out.',
    ],
    verdict: 'flat-region',
  },
  {
    name: 'ill-conditioned',
    title: 'Ill-conditioning',
    about: [
      'Linear regression on features of which one is measured in hundredths and another in tens.',
      'The sharpest direction dictates the learning rate, and along the flattest one nothing moves at that rate.',
    ],
    verdict: 'ill-conditioning',
  },
  {
    name: 'flat-minimum',
    title: 'Flat minimum',
    about: [
      'A linear network of two layers at a minimum, with layers of equal norm.',
      'Compare λ_max with the sample “Sharp minimum”, which computes the same function.',
    ],
    verdict: 'sharpness',
  },
  {
    name: 'sharp-minimum',
    title: 'Sharp minimum',
    about: [
      'The network of the sample “Flat minimum” with its first layer divided by 8 and its second multiplied by 8.',
      'The function and the loss are the same, but λ_max is far larger, so gradient descent needs far smaller steps.',
    ],
    verdict: 'sharpness',
  },
  {
    name: 'edge-of-stability',
    title: 'Edge of stability',
    about: [
      'Linear regression whose options file names a learning rate of 95 % of the largest stable one.',
      'Each step jumps across the valley of the sharpest direction and lands almost as high on the other side.',
    ],
    verdict: 'edge-of-stability',
  },
  {
    name: 'vanishing-gradient',
    title: 'Vanishing gradient',
    about: [
      'Eight layers of sigmoids with weights drawn by Glorot’s rule.',
      'A sigmoid passes on at most a quarter of the gradient, so the first layer receives a tiny share of it.',
    ],
    verdict: 'vanishing-gradient',
  },
  {
    name: 'exploding-gradient',
    title: 'Exploding gradient',
    about: [
      'Ten layers of sine units whose weights are four times as large as Glorot’s rule says.',
      'Each layer enlarges the gradient on its way back, so the steps of the first layers are far too long.',
    ],
    verdict: 'exploding-gradient',
  },
  {
    name: 'rnn-vanishing',
    title: 'Recurrent network that forgets',
    about: [
      'A recurrent network must name the sign of its first input after 24 steps, but each step halves its memory.',
      'The gradient halves with each step back, so the first input hardly matters for learning.',
    ],
    verdict: 'vanishing-over-time',
  },
  {
    name: 'rnn-exploding',
    title: 'Recurrent network that explodes',
    about: [
      'A recurrent network must name the sign of its first input after 24 steps, and each step enlarges its memory by 40 %.',
      'The gradient grows by the same factor with each step back, so early steps dominate every update.',
    ],
    verdict: 'exploding-over-time',
  },
  {
    name: 'cliff',
    title: 'Cliff',
    about: [
      'A linear recurrent unit multiplies its state by the same weight 23 times.',
      'Below 1 the loss is flat in that weight and a little above 1 it rises like a wall, from which one step throws the weights far away.',
    ],
    verdict: 'cliff',
  },
  {
    name: 'gradient-noise',
    title: 'Gradient noise',
    about: [
      'Linear regression on targets that have nothing to do with the inputs.',
      'The gradient is as large as chance alone makes it, so other samples would give another direction.',
    ],
    verdict: 'gradient-noise',
  },
  {
    name: 'symmetry',
    title: 'Duplicated units',
    about: [
      'Three of eight hidden units have the same weights, in and out.',
      'They receive the same gradient and stay equal forever, so the layer computes with six units.',
    ],
    verdict: 'symmetry',
  },
  {
    name: 'rescaling',
    title: 'Unbalanced layers',
    about: [
      'A network of rectifiers with its first layer multiplied by 30 and the second divided by 30.',
      'The function is that of balanced layers, but gradients and curvature of the two layers differ by huge factors.',
    ],
    verdict: 'rescaling',
  },
  {
    name: 'dead-units',
    title: 'Dead units',
    about: [
      'Six of sixteen rectifiers have a bias so negative that no sample reaches them.',
      'They answer zero everywhere and receive no gradient, so they cannot come back.',
    ],
    verdict: 'dead-units',
  },
  {
    name: 'saturation',
    title: 'Saturated units',
    about: [
      'A network of tanh units reads features between 0 and 255 that nobody has scaled.',
      'Nearly all units sit in their tails, where the slope is zero.',
    ],
    verdict: 'saturation',
  },
  {
    name: 'initialization',
    title: 'Bad initialization',
    about: [
      'Eight layers of rectifiers whose weights are a third of what He’s rule says.',
      'Each layer shrinks the signal threefold, so almost nothing of the input arrives at the output.',
    ],
    verdict: 'initialization',
  },
  {
    name: 'local-global',
    title: 'Wrong side of a hill',
    about: [
      'A bump must be moved to where the data is high, and it covers a small hill of the data while the large one is elsewhere.',
      'Gradient descent stays at the small hill, because the way to the large one leads over a higher loss.',
    ],
    verdict: 'local-global',
  },
  {
    name: 'numerical-trouble',
    title: 'Numerical trouble',
    about: [
      'A softmax written out as exponentials over their sum, on logits of several hundred.',
      'The exponential overflows, infinity over infinity is not a number, and neither is what the model answers.',
    ],
    verdict: 'numerical-trouble',
  },
  {
    name: 'surrogate',
    title: 'Mislabelled samples',
    about: [
      'A sure and correct classifier on data of which 3 % of the labels are wrong.',
      'These few samples carry nearly all of the loss, so training would serve them and not the accuracy.',
    ],
    verdict: 'surrogate',
  },
  {
    name: 'overfitting',
    title: 'Overfitting',
    about: [
      'A classifier with more features than samples has learned random labels by heart, and its options file names test data.',
      'The loss of the training data is small, that of the test data is above chance, and each further step makes it worse.',
    ],
    verdict: 'overfitting',
  },
];
