import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export const ID = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';

/** Paths of the feed, as nuget.org lays them out. */
export const PATHS = {
  index: '/v3/index.json',
  registrations: `/v3/registration5-gz-semver2/${ID.toLowerCase()}/index.json`,
  page: `/v3/registration5-gz-semver2/${ID.toLowerCase()}/page/1.20.0/1.30.0.json`,
  catalog: '/v3/catalog0/data/2026.01.01.00.00.00/package.json',
  content: '/v3-flatcontainer/package.nupkg',
} as const;

export interface Feed {
  /** Address of the service index. */
  index: string;
  url: (path: string) => string;
  /** Paths asked for, in order. */
  asked: string[];
  close: () => Promise<void>;
}

/**
 * A NuGet feed on this machine with one package, as its documentation describes the protocol.
 * @param listed what the feed says of the package, where that is not the truth
 * @param answers paths that are answered in another way
 */
export async function nugetFeed(
  nupkg: Uint8Array,
  {
    version = '1.30.0',
    paged = false,
    listed = {},
    answers = {},
  }: {
    version?: string;
    paged?: boolean;
    listed?: Record<string, unknown>;
    answers?: Partial<Record<string, RequestListener>>;
  } = {},
): Promise<Feed> {
  const asked: string[] = [];
  const url = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const leaf = (of: string) => ({
    '@id': url(`/v3/registration5-gz-semver2/${ID.toLowerCase()}/${of}.json`),
    catalogEntry: { '@id': url(PATHS.catalog), id: ID, version: of },
    packageContent: url(PATHS.content),
  });
  const page = () => ({ '@id': url(PATHS.page), count: 2, items: [leaf('1.20.0'), leaf(version)] });
  const documents: Record<string, () => object> = {
    [PATHS.index]: () => ({
      version: '3.0.0',
      resources: [
        { '@id': url('/v3-flatcontainer/'), '@type': 'PackageBaseAddress/3.0.0' },
        { '@id': url('/v3/registration5-semver1/'), '@type': 'RegistrationsBaseUrl' },
        { '@id': url('/v3/registration5-gz-semver2/'), '@type': 'RegistrationsBaseUrl/3.6.0' },
      ],
    }),
    [PATHS.registrations]: () => ({ count: 1, items: [paged ? { ...page(), items: undefined } : page()] }),
    [PATHS.page]: page,
    [PATHS.catalog]: () => ({
      '@type': ['PackageDetails', 'catalog:Permalink'],
      id: ID,
      version,
      packageHash: createHash('sha512').update(nupkg).digest('base64'),
      packageHashAlgorithm: 'SHA512',
      packageSize: nupkg.length,
      ...listed,
    }),
  };
  const server = createServer((request, response) => {
    const path = request.url!;
    asked.push(path);
    const other = answers[path];
    if (other) return other(request, response);
    if (path === PATHS.content) return response.end(nupkg);
    const document = documents[path];
    if (!document) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    return response.end(gzipSync(JSON.stringify(document())));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { index: url(PATHS.index), url, asked, close };
}
