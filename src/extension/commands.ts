import type { Actions } from './actions';

/** Every command, from its id to what it does. A test compares the ids with `contributes.commands` in package.json. */
export function commandTable(actions: Actions) {
  return {
    'ridgeline.analyze': (resource?: unknown) => actions.analyze(resource),
    'ridgeline.analyzeWithOptions': (resource?: unknown) => actions.analyzeWithOptions(resource),
    'ridgeline.inspect': (resource?: unknown) => actions.inspect(resource),
    'ridgeline.verify': (resource?: unknown) => actions.verify(resource),
    'ridgeline.providers': () => actions.providers(),
    'ridgeline.openReport': (stored?: unknown) => actions.openReport(stored),
    'ridgeline.exportReport': (stored?: unknown) => actions.exportReport(stored),
    'ridgeline.deleteReport': (stored?: unknown) => actions.deleteReport(stored),
    'ridgeline.clearReports': () => actions.clearReports(),
    'ridgeline.show': (resource?: unknown) => actions.show(resource),
    'ridgeline.cancel': () => actions.cancel(),
    'ridgeline.restartEngine': () => actions.restartEngine(),
    'ridgeline.showLog': () => actions.showLog(),
  };
}
