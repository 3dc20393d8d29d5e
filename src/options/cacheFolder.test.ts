import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from './cacheFolder';

it.each<[NodeJS.Platform, Record<string, string>, string[]]>([
  ['linux', {}, ['/home/ada', '.cache', 'ridgeline']],
  ['linux', { XDG_CACHE_HOME: '/scratch' }, ['/scratch', 'ridgeline']],
  ['darwin', {}, ['/home/ada', 'Library', 'Caches', 'ridgeline']],
  ['darwin', { XDG_CACHE_HOME: '/scratch' }, ['/scratch', 'ridgeline']],
  ['win32', { LOCALAPPDATA: '/local' }, ['/local', 'ridgeline', 'cache']],
])('on %s with %j', (platform, env, folder) => {
  expect(cacheFolder(env, platform, '/home/ada')).toBe(join(...folder));
});
