import { computes, runWarm, warmEnvironment } from './warmProcess';

// The C library reads how to treat memory when its process starts, so a command that computes starts the program again.
const environment = computes(process.argv) ? warmEnvironment(process.env) : null;
if (environment) runWarm(environment, () => void import('./main'));
else void import('./main');
