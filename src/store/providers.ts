/**
 * The providers that are known, in the order in which they are offered. Data: a new one is a new
 * entry. Prices are list prices of the cheapest tier for storage in use every day, without taxes;
 * `asOf` says how old they are.
 */
import { type ProviderPreset, type ProviderQuestion, regionIn } from './provider.ts';

const GB = 1_000_000_000;
const GIB = 2 ** 30;

const ENDPOINT: ProviderQuestion = {
  answer: 'endpoint',
  question: 'At which address does its S3 API answer (not the web console)?',
  example: 'https://s3.example.org',
};

const ask = (
  answer: ProviderQuestion['answer'],
  question: string,
  example: string,
): ProviderQuestion => ({ answer, question, example });

const KNOWN: readonly ProviderPreset[] = [
  {
    id: 'aws',
    name: 'Amazon S3',
    scheme: 's3',
    asks: [ask('region', 'In which region is the bucket?', 'eu-central-1')],
    hosts: /(?:^|\.)amazonaws\.com(?:\.cn)?$/,
    pathStyle: false,
    keyHelp:
      'In the AWS console under IAM, make a user with access to this bucket alone and create an ' +
      'access key for it; or sign in with "aws sso login" and name a profile.',
    isOwn: false,
    prices: {
      // For us-east-1; other regions differ by some tens of per cent.
      currency: 'USD',
      asOf: '2026-06',
      source: 'https://aws.amazon.com/s3/pricing/',
      requests: [
        { kinds: ['put', 'list'], perMillion: 5 },
        { kinds: ['get'], perMillion: 0.4 },
      ],
      gbBytes: GIB,
      storedPerGbMonth: 0.023,
      downPerGb: 0.09,
      freeDownGb: 100,
    },
    limits: [
      'Downloads cost four times as much as a month of storage: a new device that fetches everything shows on the bill.',
      'The infrequent-access classes bill at least 30 days and 128 KiB for each object.',
    ],
  },
  {
    id: 'r2',
    name: 'Cloudflare R2',
    scheme: 's3',
    endpoint: 'https://{account}.r2.cloudflarestorage.com',
    asks: [
      ask(
        'account',
        'What is the account id? It is on the R2 page of the dashboard. For a bucket in a jurisdiction add it: id.eu.',
        '0123456789abcdef0123456789abcdef',
      ),
    ],
    hosts: /(?:^|\.)r2\.cloudflarestorage\.com$/,
    region: 'auto',
    keyHelp:
      'In the Cloudflare dashboard under R2, "Manage API tokens", make a token with "Object Read & Write" for this bucket.',
    isOwn: false,
    prices: {
      // https://developers.cloudflare.com/r2/pricing/ counts a listing as a class A operation.
      currency: 'USD',
      asOf: '2026-08',
      source: 'https://developers.cloudflare.com/r2/pricing/',
      requests: [
        { kinds: ['put', 'list'], perMillion: 4.5, freePerMonth: 1_000_000 },
        { kinds: ['get'], perMillion: 0.36, freePerMonth: 10_000_000 },
      ],
      gbBytes: GB,
      storedPerGbMonth: 0.015,
      freeStoredGb: 10,
      downPerGb: 0,
    },
    limits: [
      'One key takes one write a second; a faster one is refused for a moment and tried again.',
      'There is no versioning: what is replaced is gone. Started units are billed whole.',
    ],
    // https://developers.cloudflare.com/r2/platform/limits/
    writesPerSecondPerKey: 1,
  },
  {
    id: 'b2',
    name: 'Backblaze B2',
    scheme: 's3',
    endpoint: 'https://s3.{region}.backblazeb2.com',
    asks: [
      ask(
        'region',
        'Which region does the endpoint of the bucket name? It is on the page of the bucket.',
        'eu-central-003',
      ),
    ],
    hosts: /(?:^|\.)backblazeb2\.com$/,
    keyHelp:
      'In the B2 console under "Application Keys", add a key for this bucket alone, with read and write; the master key does not work with S3.',
    isOwn: false,
    prices: {
      currency: 'USD',
      asOf: '2026-09-11',
      source: 'https://www.backblaze.com/cloud-storage/pricing',
      requests: [],
      gbBytes: GB,
      storedPerGbMonth: 0.00695,
      freeStoredGb: 10,
      downPerGb: 0.01,
      freeDownPerStored: 3,
    },
    limits: [
      'It keeps every version of every object unless the lifecycle of the bucket says "Keep only the last version": set that, or old heads pile up.',
      'The account has caps on storage, downloads and transactions; at a cap it refuses until the cap is raised or the day ends.',
    ],
    // https://www.backblaze.com/docs/cloud-storage-lifecycle-rules
    keepsVersions: true,
  },
  {
    id: 'wasabi',
    name: 'Wasabi',
    scheme: 's3',
    endpoint: 'https://s3.{region}.wasabisys.com',
    asks: [ask('region', 'In which region is the bucket?', 'eu-central-2')],
    hosts: /(?:^|\.)wasabisys\.com$/,
    regions: [
      'us-east-1',
      'us-east-2',
      'us-central-1',
      'us-west-1',
      'ca-central-1',
      'eu-central-1',
      'eu-central-2',
      'eu-west-1',
      'eu-west-2',
      'eu-south-1',
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-southeast-1',
      'ap-southeast-2',
    ],
    keyHelp:
      'In the Wasabi console under "Access Keys", make a key for a sub-user whose policy allows this bucket.',
    isOwn: false,
    prices: {
      // The base fee is the least that is billed: 1 TB.
      currency: 'USD',
      asOf: '2026-07-01',
      source: 'https://wasabi.com/pricing',
      requests: [],
      gbBytes: GB,
      storedPerGbMonth: 0.00799,
      freeStoredGb: 1_000,
      basePerMonth: 7.99,
      downPerGb: 0,
    },
    limits: [
      'At least 1 TB is billed, and every object for at least 90 days: each head that is replaced goes on being billed that long.',
      'Downloads are free up to what is stored; above that the account may be limited.',
    ],
    // https://docs.wasabi.com/docs/how-does-wasabis-minimum-storage-duration-policy-work
    minimumStorageDays: 90,
    minimumObjectBytes: 4_096,
  },
  {
    id: 'minio',
    name: 'MinIO',
    scheme: 's3',
    endpoint: '{endpoint}',
    asks: [{ ...ENDPOINT, example: 'https://minio.example.org:9000' }],
    region: 'us-east-1',
    pathStyle: true,
    keyHelp:
      'In the MinIO console under "Access Keys", or with "mc admin user svcacct add", make a key whose policy allows this bucket.',
    isOwn: true,
    limits: ['Use the port of the API (9000 by default), not that of the console (9001).'],
  },
  {
    id: 'ceph',
    name: 'Ceph object gateway',
    scheme: 's3',
    endpoint: '{endpoint}',
    asks: [{ ...ENDPOINT, example: 'https://ceph.example.org:7480' }],
    region: 'us-east-1',
    pathStyle: true,
    keyHelp: 'Make a user with "radosgw-admin user create"; it prints the keys.',
    isOwn: true,
    limits: [],
  },
  {
    id: 'garage',
    name: 'Garage',
    scheme: 's3',
    endpoint: '{endpoint}',
    asks: [{ ...ENDPOINT, example: 'https://garage.example.org:3900' }],
    region: 'garage',
    pathStyle: true,
    keyHelp:
      'Make a key with "garage key create" and allow it with "garage bucket allow --read --write".',
    isOwn: true,
    limits: [
      'The region is the s3_region of its configuration, "garage" by default.',
      'There is no versioning: what is replaced is gone.',
    ],
  },
  {
    id: 'seaweedfs',
    name: 'SeaweedFS',
    scheme: 's3',
    endpoint: '{endpoint}',
    asks: [{ ...ENDPOINT, example: 'https://seaweed.example.org:8333' }],
    region: 'us-east-1',
    pathStyle: true,
    keyHelp: 'Make keys with "s3.configure" in "weed shell", with Read, Write and List.',
    isOwn: true,
    limits: [],
  },
  {
    id: 'digitalocean',
    name: 'DigitalOcean Spaces',
    scheme: 's3',
    endpoint: 'https://{region}.digitaloceanspaces.com',
    asks: [ask('region', 'In which region is the Space?', 'fra1')],
    hosts: /(?:^|\.)digitaloceanspaces\.com$/,
    regions: ['nyc3', 'sfo2', 'sfo3', 'tor1', 'ams3', 'fra1', 'lon1', 'blr1', 'sgp1', 'syd1'],
    keyHelp: 'In the control panel under "Spaces", "Access Keys", make a key for this Space.',
    isOwn: false,
    prices: {
      currency: 'USD',
      asOf: '2024-07',
      source: 'https://docs.digitalocean.com/products/spaces/details/pricing/',
      requests: [],
      gbBytes: GIB,
      storedPerGbMonth: 0.02,
      freeStoredGb: 250,
      basePerMonth: 5,
      downPerGb: 0.01,
      freeDownGb: 1_024,
    },
    limits: ['The base fee is for the account, however many Spaces it has.'],
  },
  {
    id: 'hetzner',
    name: 'Hetzner Object Storage',
    scheme: 's3',
    endpoint: 'https://{region}.your-objectstorage.com',
    asks: [ask('region', 'In which location is the bucket?', 'fsn1')],
    hosts: /(?:^|\.)your-objectstorage\.com$/,
    regions: ['fsn1', 'nbg1', 'hel1'],
    keyHelp:
      'In the Hetzner Console under "Security", "S3 credentials", generate credentials; they are shown once.',
    isOwn: false,
    limits: ['Keys are valid for all buckets of a project: make a project for this bucket.'],
  },
  {
    id: 'scaleway',
    name: 'Scaleway Object Storage',
    scheme: 's3',
    endpoint: 'https://s3.{region}.scw.cloud',
    asks: [ask('region', 'In which region is the bucket?', 'fr-par')],
    hosts: /(?:^|\.)scw\.cloud$/,
    regions: ['fr-par', 'nl-ams', 'pl-waw', 'it-mil'],
    keyHelp:
      'In the console under "IAM", "API keys", make a key and choose the project of this bucket as its preferred one.',
    isOwn: false,
    limits: [],
  },
  {
    id: 'storj',
    name: 'Storj',
    scheme: 's3',
    endpoint: 'https://gateway.storjshare.io',
    asks: [],
    hosts: /(?:^|\.)(?:storjshare|storj)\.io$/,
    region: 'us-east-1',
    keyHelp: 'In the console under "Access Keys", make an S3 credential for this bucket.',
    isOwn: false,
    prices: {
      // The Standard tier.
      currency: 'USD',
      asOf: '2026-07-01',
      source: 'https://storj.dev/dcs/pricing/simplified',
      requests: [],
      gbBytes: GB,
      storedPerGbMonth: 0.007,
      downPerGb: 0.007,
      minimumPerMonth: 50,
    },
    limits: [
      'At least 50 USD is billed each month, and every object for at least 30 days and 50 kB.',
      'The hosted gateway can read what passes it; the encryption of Satchel is what keeps it private.',
    ],
    minimumStorageDays: 30,
    minimumObjectBytes: 50_000,
  },
  {
    id: 'idrive',
    name: 'IDrive e2',
    scheme: 's3',
    endpoint: '{endpoint}',
    asks: [
      {
        ...ENDPOINT,
        question: 'Which endpoint does the console show for the region of the bucket?',
        example: 'https://s3.eu-central-1.idrivee2.com',
      },
      ask('region', 'And which region code?', 'eu-central-1'),
    ],
    hosts: /(?:^|\.)idrivee2(?:-\d+)?\.com$/,
    keyHelp: 'In the e2 console under "Access Keys", make a key for this bucket and region.',
    isOwn: false,
    limits: ['At least 1 TB is billed, and every object for at least 30 days.'],
    // https://www.idrive.com/s3-storage-e2/faq-pricing
    minimumStorageDays: 30,
  },
];

const DAV_AND_FOLDERS: readonly ProviderPreset[] = [
  {
    id: 'nextcloud',
    name: 'Nextcloud or ownCloud',
    scheme: 'dav',
    endpoint: 'davs://{host}/remote.php/dav/files/{user}',
    asks: [
      ask('host', 'What is its address, as in the browser?', 'cloud.example.org'),
      ask('user', 'What is the user name there?', 'me'),
    ],
    keyHelp: 'In the web page under Settings, "Security", create an app password.',
    isOwn: true,
    limits: ['Deleted files go to its trash and count against the quota until that is emptied.'],
  },
  {
    id: 'webdav',
    name: 'WebDAV server',
    scheme: 'dav',
    endpoint: 'davs://{host}',
    asks: [
      ask('host', 'What are its address and path?', 'dav.example.org/files'),
      ask('user', 'What is the user name there?', 'me'),
    ],
    keyHelp: 'Users and their passwords are made where the server is managed.',
    isOwn: true,
    limits: [],
  },
  {
    id: 'folder',
    name: 'A folder: a disk, a network share, a folder that something else carries',
    scheme: 'file',
    asks: [],
    keyHelp: 'None; whoever can write the folder can write the bucket.',
    isOwn: true,
    limits: [],
  },
];

const OTHER: ProviderPreset = {
  id: 'other',
  name: 'Another S3 service',
  scheme: 's3',
  endpoint: '{endpoint}',
  asks: [ENDPOINT, ask('region', 'Which region does it expect? Many take any.', 'us-east-1')],
  keyHelp: 'Where the service manages access keys; let them reach this bucket alone.',
  isOwn: false,
  limits: [],
};

export const PROVIDERS: readonly ProviderPreset[] = [...KNOWN, ...DAV_AND_FOLDERS, OTHER];

/** The preset with this id, or undefined for one that this version does not know. */
export function findProvider(id: string): ProviderPreset | undefined {
  return PROVIDERS.find((preset) => preset.id === id);
}

/** The preset whose endpoints have this host name, or undefined. */
export function guessProvider(endpointHost: string): ProviderPreset | undefined {
  const host = endpointHost.toLowerCase();
  return PROVIDERS.find(({ hosts }) => hosts?.test(host));
}

/** The region that a known provider's host name stands for, or undefined. */
export function regionOfHost(endpointHost: string): string | undefined {
  const preset = guessProvider(endpointHost);
  return preset && (regionIn(preset, endpointHost.toLowerCase()) ?? preset.region);
}
