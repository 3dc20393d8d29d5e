// Stops a cluster once the process that started it lets go or ends, however that happens. Runs in a session of its
// own, so that what ends its parent does not end it as well.
//   fork('keeper.mjs', [FOLDER], { detached: true })
import { endProcesses, nameOf } from './slurm.mjs';

// Known from the start: the folder may be deleted before the cluster ends.
const [, , folder] = process.argv;
const name = nameOf(folder);
process.once('disconnect', () => endProcesses(folder, name));
process.send('watching');
