import { startPage } from '../startPage';
import { connectModelPage } from './editorHost';
import { mountModelPage } from './modelPage';

const host = connectModelPage();
startPage('The model', host.post, (root) => mountModelPage(root, host));
