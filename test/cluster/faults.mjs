// Makes one part of a run fail. Loaded into the tasks before the program, through NODE_OPTIONS, so that a machine fails
// at a known place and not after some time:
//   FAULT=hold PART=7    stops the process that is about to name the file of part 7, the first time. The file
//                        held.json beside the parts tells process and node.
//   FAULT=refuse PART=7  the file system refuses the file of part 7, every time
import fs from 'node:fs/promises';
import { existsSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

const { FAULT, PART, SLURMD_NODENAME } = process.env;
const { rename } = fs;

fs.rename = async (from, to) => {
  if (String(to).endsWith(`/parts/${PART}.part`)) {
    if (FAULT === 'refuse') throw Object.assign(new Error('EIO: i/o error, rename'), { code: 'EIO' });
    const held = join(dirname(dirname(to)), 'held.json');
    if (FAULT === 'hold' && !existsSync(held)) {
      writeFileSync(held, JSON.stringify({ pid: process.pid, node: SLURMD_NODENAME }));
      process.kill(process.pid, 'SIGSTOP');
    }
  }
  return rename(from, to);
};
syncBuiltinESMExports();
