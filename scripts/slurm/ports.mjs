// Ports that nobody listens on.
import { createServer } from 'node:net';

/** Below 32768 the system gives no port away by itself, so that one found free stays free. */
const FROM = 18000;
const TO = 32000;

export async function freePorts(count) {
  const found = new Set();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 1000) throw new Error(`There are no ${count} free ports between ${FROM} and ${TO} on this machine.`);
    const port = FROM + Math.floor(Math.random() * (TO - FROM));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}
