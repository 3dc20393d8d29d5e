import { h } from './dom';

/** Makes the line below a title that says where a file lies. The whole path is in the tooltip. */
export function pathLine(path: string): HTMLElement {
  return h('p', { class: 'path', title: path }, fromFolder(path, workspaceFolders()));
}

/** The path from the folder of the workspace on that it lies in, as the editor's own lists show it. */
export function fromFolder(path: string, folders: readonly string[]): string {
  const around = folders.filter((folder) => path.startsWith(folder) && /^[\\/]/.test(path.slice(folder.length)));
  // Where folders lie in one another, the inner one is nearer.
  const [nearest] = around.sort((a, b) => b.length - a.length);
  return nearest === undefined ? path : path.slice(nearest.search(/[^\\/]*$/));
}

/** What the editor wrote into the page; an exported file knows no folders. */
function workspaceFolders(): readonly string[] {
  const meta = document.querySelector('meta[property="workspace-folders"]');
  return meta ? (JSON.parse(meta.getAttribute('content')!) as string[]) : [];
}
