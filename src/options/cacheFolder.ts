import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the system's cache folder. `XDG_CACHE_HOME` counts on every platform, because users set it on purpose. */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'ridgeline');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'ridgeline', 'cache');
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'ridgeline') : join(home, '.cache', 'ridgeline');
}
