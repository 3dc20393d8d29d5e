import type { Actions } from './actions';

/** Maps each command's id to its action. A test compares the ids with `contributes.commands` in package.json. */
export function commandTable(actions: Actions) {
  return {
    'ridgeline.analyze': (resource?: unknown) => actions.analyze(resource),
    'ridgeline.analyzeWithOptions': (resource?: unknown) => actions.analyzeWithOptions(resource),
    'ridgeline.analyzeOnCluster': (resource?: unknown, sbatch?: unknown) => actions.analyzeOnCluster(resource, sbatch),
    'ridgeline.checkSaddle': (resource?: unknown) => actions.check('saddle', resource),
    'ridgeline.checkFlatRegions': (resource?: unknown) => actions.check('flatRegion', resource),
    'ridgeline.checkConditioning': (resource?: unknown) => actions.check('conditioning', resource),
    'ridgeline.checkLayerGradients': (resource?: unknown) => actions.check('layerGradients', resource),
    'ridgeline.configure': (resource?: unknown) => actions.configure(resource),
    'ridgeline.compare': (resource?: unknown, selected?: unknown) => actions.comparisons.compare(resource, selected),
    'ridgeline.compareWithHead': (resource?: unknown) => actions.comparisons.compareWithHead(resource),
    'ridgeline.followCheckpoints': (resource?: unknown, selected?: unknown) => actions.follow(resource, selected),
    'ridgeline.getStarted': () => actions.getStarted(),
    'ridgeline.openSample': (name?: unknown) => actions.openSample(name),
    'ridgeline.saveImprovedWeights': (resource?: unknown, target?: unknown) => actions.saveImproved(resource, target),
    'ridgeline.inspect': (resource?: unknown) => actions.inspect(resource),
    'ridgeline.verify': (resource?: unknown) => actions.verify(resource),
    'ridgeline.providers': () => actions.providers(),
    'ridgeline.installCuda': () => actions.cuda.install(),
    'ridgeline.openReport': (stored?: unknown) => actions.reports.open(stored),
    'ridgeline.openAsReport': (resource?: unknown) => actions.reports.openAs(resource),
    'ridgeline.exportReport': (stored?: unknown, target?: unknown) => actions.reports.export(stored, target),
    'ridgeline.deleteReport': (stored?: unknown) => actions.reports.delete(stored),
    'ridgeline.clearReports': () => actions.reports.clear(),
    'ridgeline.show': (resource?: unknown) => actions.show(resource),
    'ridgeline.cancel': () => actions.cancel(),
    'ridgeline.restartEngine': () => actions.restartEngine(),
    'ridgeline.showLog': () => actions.showLog(),
  };
}
