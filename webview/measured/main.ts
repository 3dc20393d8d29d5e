import type { FromMeasuredPage, ToMeasuredPage } from '../../src/protocol/measuredPage';
import { connectEditor } from '../editorConnection';
import { startPage } from '../startPage';
import { mountMeasuredPage } from './measuredPage';

const host = connectEditor<FromMeasuredPage, ToMeasuredPage>();
startPage('The result', host.post, (root) => mountMeasuredPage(root, host));
