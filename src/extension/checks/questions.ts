import type { QuestionId } from '../../protocol/worker';

interface QuestionText {
  /** Says what runs, in the title of the progress: "… of lenet.onnx". */
  running: string;
  /** The section of the page that shows the figures. */
  section: string;
  /** Says why there is no answer where nothing could be measured. */
  unanswered: string;
}

/** How the editor speaks of each question. */
export const QUESTION_TEXTS: Record<QuestionId, QuestionText> = {
  saddle: {
    running: 'Checking for a saddle point',
    section: 'spectrum',
    unanswered: 'Whether this is a saddle point cannot be told: there is no gradient or no curvature here.',
  },
  flatRegion: {
    running: 'Checking for a flat region',
    section: 'plane',
    unanswered: 'Whether the ground is flat cannot be told: there is no gradient here.',
  },
  conditioning: {
    running: 'Checking the conditioning',
    section: 'spectrum',
    unanswered: 'The conditioning cannot be told: there is no curvature here.',
  },
  layerGradients: {
    running: 'Checking the gradients by layer',
    section: 'inside',
    unanswered: 'How the gradient runs through the layers cannot be told: there is no gradient here.',
  },
};
