import type { QuestionId } from '../../protocol/worker';
import { t } from '../translate';

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
    running: t('Checking for a saddle point'),
    section: 'spectrum',
    unanswered: t('Whether this is a saddle point cannot be told: there is no gradient or no curvature here.'),
  },
  flatRegion: {
    running: t('Checking for a flat region'),
    section: 'plane',
    unanswered: t('Whether the ground is flat cannot be told: there is no gradient here.'),
  },
  conditioning: {
    running: t('Checking the conditioning'),
    section: 'spectrum',
    unanswered: t('The conditioning cannot be told: there is no curvature here.'),
  },
  layerGradients: {
    running: t('Checking the gradients by layer'),
    section: 'inside',
    unanswered: t('How the gradient runs through the layers cannot be told: there is no gradient here.'),
  },
};
