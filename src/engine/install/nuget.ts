import { UserError } from '../../errors';
import { getObject } from './http';
import type { RemoteFile } from './http';

/** Hives of package metadata that a feed may have; the first also holds versions with a build number. */
const REGISTRATIONS = ['RegistrationsBaseUrl/3.6.0', 'RegistrationsBaseUrl/3.4.0', 'RegistrationsBaseUrl'];

interface ServiceIndex {
  resources?: { '@id'?: string; '@type'?: string }[];
}

interface RegistrationPage {
  '@id'?: string;
  items?: { packageContent?: string; catalogEntry?: { '@id'?: string; version?: string } }[];
}

interface CatalogEntry {
  packageHash?: string;
  packageHashAlgorithm?: string;
  packageSize?: number;
}

/**
 * Finds the address, the length and the hash of a package: service index → registrations of the package → the entry of
 * its version in the catalog. This takes a few kilobytes of JSON.
 * @param index address of the feed's service index
 * @throws UserError if the feed cannot be reached, lacks the version, or gives no SHA-512
 * @see https://learn.microsoft.com/nuget/api/registration-base-url-resource and …/catalog-resource
 */
export async function findPackage(
  index: string,
  id: string,
  version: string,
  signal?: AbortSignal,
): Promise<RemoteFile> {
  const json = (url: string): Promise<object> => getObject(asSafe(url, index), signal);
  const { resources = [] } = (await json(index)) as ServiceIndex;
  const base = REGISTRATIONS.map((type) => resources.find((resource) => resource['@type'] === type)?.['@id']).find(
    (found) => found !== undefined,
  );
  if (base === undefined) throw unexpected('lists no package metadata', index);

  const registrations = `${base.replace(/\/$/, '')}/${id.toLowerCase()}/index.json`;
  const { items: pages = [] } = (await json(registrations)) as { items?: RegistrationPage[] };
  for (const page of pages) {
    // Long lists are split into pages.
    const { items = [] } = page.items ? page : ((await json(page['@id'] ?? registrations)) as RegistrationPage);
    const leaf = items.find(({ catalogEntry }) => sameVersion(catalogEntry?.version, version));
    const entry = leaf?.catalogEntry?.['@id'];
    if (leaf?.packageContent === undefined || entry === undefined) continue;
    const { packageHash, packageHashAlgorithm, packageSize } = (await json(entry)) as CatalogEntry;
    if (packageHash === undefined || packageSize === undefined) throw unexpected('has no hash of the package', entry);
    if (packageHashAlgorithm?.toUpperCase() !== 'SHA512')
      throw unexpected(`has a hash of another kind than SHA-512 (${packageHashAlgorithm ?? 'unnamed'})`, entry);
    return { url: asSafe(leaf.packageContent, index), bytes: packageSize, sha512: packageHash };
  }
  throw new UserError({
    what: `The feed has no version ${version} of ${id}.`,
    where: [registrations],
    action: 'Libraries of another version would not fit this ONNX Runtime. Nothing was downloaded.',
  });
}

/** Build metadata after a plus sign does not count. */
function sameVersion(found: string | undefined, wanted: string): boolean {
  return found?.split('+')[0].toLowerCase() === wanted.toLowerCase();
}

/** A feed read over TLS may not lead away from TLS, because a hash is only as trustworthy as its connection. */
function asSafe(url: string, index: string): string {
  if (new URL(url).protocol !== new URL(index).protocol) throw unexpected('leads to another protocol', url);
  return url;
}

function unexpected(what: string, url: string): UserError {
  return new UserError({ what: `The feed ${what}.`, where: [url], action: 'Nothing was downloaded. Try again later.' });
}
