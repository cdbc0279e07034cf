/**
 * The real servers that tests run against where the environment names them. One that is missing is
 * said to be skipped, or fails its tests where SATCHEL_TEST_SERVERS_REQUIRED lists its id.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

export interface TestServer {
  readonly id: string;
  /** As the names of suites say it. */
  readonly name: string;
  /** The variable that holds the URL of a bucket there. */
  readonly variable: string;
  /** What starts it and prints that variable. */
  readonly script: string;
}

export const S3_SERVERS: readonly TestServer[] = [
  { id: 's3', name: 'Ceph', variable: 'SATCHEL_TEST_S3', script: 'ceph.sh' },
  {
    id: 's3-versioned',
    name: 'Ceph, which keeps versions',
    variable: 'SATCHEL_TEST_S3_VERSIONED',
    script: 'ceph.sh',
  },
  { id: 'versity', name: 'versitygw', variable: 'SATCHEL_TEST_VERSITY', script: 'versitygw.sh' },
  { id: 'minio', name: 'MinIO', variable: 'SATCHEL_TEST_MINIO', script: 'minio.sh' },
];

export const DAV_SERVERS: readonly TestServer[] = [
  { id: 'dav-apache', name: 'Apache', variable: 'SATCHEL_TEST_DAV_APACHE', script: 'webdav.sh' },
  { id: 'dav-rclone', name: 'rclone', variable: 'SATCHEL_TEST_DAV_RCLONE', script: 'webdav.sh' },
];

/** Declares a suite for each of the servers that is there; `declare` gets the URL of its bucket. */
export function suiteOnServers(
  servers: readonly TestServer[],
  title: string,
  declare: (url: string, server: TestServer) => void,
): void {
  for (const server of servers) {
    const { name, variable, script } = server;
    const url = process.env[variable];
    if (url !== undefined) {
      suite(`${title}, through ${name}`, () => declare(url, server));
    } else if (isRequired(server)) {
      test(`${title}, through ${name}`, () => {
        assert.fail(`${variable} is not set, and SATCHEL_TEST_SERVERS_REQUIRED asks for it`);
      });
    } else {
      test(`${title}, through ${name}`, {
        skip: `set ${variable}, as "scripts/${script} start" prints it`,
      });
    }
  }
}

function isRequired({ id }: TestServer): boolean {
  const required = process.env.SATCHEL_TEST_SERVERS_REQUIRED ?? '';
  return required.split(',').includes(id);
}
