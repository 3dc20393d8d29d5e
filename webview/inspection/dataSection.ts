import type { FoundData } from '../../src/protocol/modelPage';
import type { DataCandidate, LossGuess } from '../../src/protocol/worker';
import { button } from '../components';
import { fill, h } from '../dom';
import type { EditorHost } from './editorHost';
import { pagePart } from './panel';

/** Shows the data found beside the model, whether they fit, and the loss that they suggest. */
export function dataSection(host: EditorHost) {
  const { element, body } = pagePart('data', 'Data and loss');
  let found: FoundData = { kind: 'searching' };
  let loss: LossGuess | null = null;
  let trusted = false;

  const render = (): void => {
    if (found.kind === 'searching') return fill(body, h('p', { class: 'note', role: 'status' }, 'Looking for data…'));
    if (found.kind === 'failed') {
      return fill(body, h('p', {}, found.failure.what), h('p', { class: 'note' }, found.failure.action));
    }
    const { candidates } = found;
    fill(
      body,
      candidates.length === 0 &&
        h(
          'p',
          {},
          'No data lies beside the model. An analysis needs some: an .npz, .csv or .parquet file, an image folder or an ONNX test set. “Analyze” asks for it.',
        ),
      h('ul', { class: 'choices' }, ...candidates.map((candidate) => dataItem(candidate, trusted, host))),
      !candidates.some(({ fits, loss: guessed }) => fits && guessed) && lossLine(loss),
    );
  };

  return {
    element,
    update(data: FoundData): void {
      found = data;
      render();
    },
    /** Tells the loss that the graph alone suggests. */
    setLoss(guess: LossGuess | null): void {
      loss = guess;
      render();
    },
    setTrust(trust: boolean): void {
      trusted = trust;
      render();
    },
  };
}

function dataItem(candidate: DataCandidate, trusted: boolean, host: EditorHost): HTMLElement {
  const { path, description, fits, loss } = candidate;
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return h(
    'li',
    { class: fits ? 'fits' : 'misfit' },
    h(
      'div',
      { class: 'choice-row' },
      h('h3', { title: path }, name, !fits && h('span', { class: 'badge' }, 'does not fit')),
      fits &&
        trusted &&
        button({
          label: 'Analyze with it',
          description: `Analyze with it: ${name}`,
          press: () => host.post({ type: 'analyze', data: path }),
        }),
    ),
    h('p', {}, description),
    lossLine(loss),
  );
}

function lossLine(loss: LossGuess | null): HTMLElement | null {
  if (!loss) return null;
  return h('p', { class: 'note' }, 'Loss: ', h('span', { class: 'code' }, loss.loss), ` (${loss.reason})`);
}
