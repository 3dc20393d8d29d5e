// Stops a cluster once the process that started it lets go or ends, however that happens. Runs in a session of its
// own, so that what ends its parent does not end it as well.
//   fork('keeper.mjs', [FOLDER], { detached: true })
import { endProcesses } from './slurm.mjs';

process.once('disconnect', () => endProcesses(process.argv[2]));
process.send('watching');
