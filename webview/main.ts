import { mountApp } from './app';
import { connectHost } from './host';
import { startPage } from './startPage';

const host = connectHost();
startPage('The report', host.post, (root) => mountApp(root, host));
