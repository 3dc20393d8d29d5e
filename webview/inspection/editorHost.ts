import type { FromModelPage, ToModelPage } from '../../src/protocol/modelPage';
import { connectEditor } from '../editorConnection';
import type { EditorConnection } from '../editorConnection';

/** The editor around the page of a model. */
export type EditorHost = EditorConnection<FromModelPage, ToModelPage>;

export function connectModelPage(): EditorHost {
  return connectEditor<FromModelPage, ToModelPage>();
}
