import * as vscode from 'vscode';
import { translateBy } from './translate';

// Constants of other files hold translated labels, so the extension imports this file before all others.
translateBy((message, ...values) => vscode.l10n.t(message, ...values));
