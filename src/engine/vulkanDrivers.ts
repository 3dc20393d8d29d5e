import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the loader of the distributions looks besides the folders that the environment names. */
const SYSTEM_FOLDERS = ['/etc', '/usr/local/etc', '/usr/local/share', '/usr/share', '/run/opengl-driver/share'];

/**
 * The manifests of the Vulkan drivers of a Linux machine, of which the loader opens each. Without one, every attempt to use
 * Vulkan prints warnings.
 * @see the loader's documentation, "Driver discovery on Linux"
 */
export function vulkanDrivers(environment: Environment = process.env, home = homedir()): string[] {
  const listed = (name: string) => (environment[name] ?? '').split(':').filter((path) => path !== '');
  const named = [...listed('VK_DRIVER_FILES'), ...listed('VK_ICD_FILENAMES')];
  if (named.length > 0) return named.flatMap(manifestsAt);
  const folders = [
    environment.XDG_CONFIG_HOME ?? join(home, '.config'),
    ...listed('XDG_CONFIG_DIRS'),
    '/etc/xdg',
    environment.XDG_DATA_HOME ?? join(home, '.local/share'),
    ...listed('XDG_DATA_DIRS'),
    ...SYSTEM_FOLDERS,
  ];
  return [
    ...listed('VK_ADD_DRIVER_FILES').flatMap(manifestsAt),
    ...[...new Set(folders)].flatMap((folder) => manifestsAt(join(folder, 'vulkan/icd.d'))),
  ];
}

/** The manifest at a path, or those in the folder there. */
function manifestsAt(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(path, name));
}
