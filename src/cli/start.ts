import { computes, runWarm, warmEnvironment } from './warmProcess';

// The C library reads its memory settings when the process starts. A command that computes therefore starts the program
// again, with these settings in its environment.
const environment = computes(process.argv) ? warmEnvironment(process.env) : null;
if (environment) runWarm(environment, () => void import('./main'));
else void import('./main');
