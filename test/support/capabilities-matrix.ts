/** Asks all there is to ask of all buckets that there are, and makes tables of the answers. */
import { forEachConcurrently } from '../../src/base/concurrency.ts';
import { askAll } from './capabilities.ts';
import {
  type Column,
  columnsOf,
  davSettings,
  LOCAL_COLUMNS,
  s3Settings,
} from './capabilities-columns.ts';
import { DAV_QUESTIONS, openDavBench } from './capabilities-dav.ts';
import { openS3Bench, S3_OBJECT_QUESTIONS } from './capabilities-s3.ts';
import { S3_BUCKET_QUESTIONS } from './capabilities-s3-bucket.ts';
import { S3_CONDITION_QUESTIONS } from './capabilities-s3-conditions.ts';
import { openStoreBench, STORE_QUESTIONS } from './capabilities-store.ts';
import { contractTally, inWords, runSuites, twoDevicesTally } from './capabilities-suites.ts';
import { LEFT_OUT, type Matrix, type MatrixTable, VERSION_ROW } from './capabilities-table.ts';
import { versionOf } from './capabilities-versions.ts';
import { DAV_SERVERS, S3_SERVERS } from './servers.ts';

const CONTRACT_ROW = 'Tests of the store contract that pass';
const TWO_DEVICES_ROW = 'Tests of two devices that pass';
const S3_QUESTIONS = [...S3_CONDITION_QUESTIONS, ...S3_OBJECT_QUESTIONS, ...S3_BUCKET_QUESTIONS];

/** What the tables ask, for whoever checks that the docs have it all. */
export const MATRIX_SHAPE: readonly TableShape[] = [
  {
    title: 'What Satchel asks of a bucket',
    columns: [...LOCAL_COLUMNS, ...S3_SERVERS, ...DAV_SERVERS].map(nameOf),
    rows: [VERSION_ROW, CONTRACT_ROW, TWO_DEVICES_ROW, ...STORE_QUESTIONS.map(titleOf)],
  },
  {
    title: 'What S3 servers do beyond that',
    columns: S3_SERVERS.map(nameOf),
    rows: S3_QUESTIONS.map(titleOf),
  },
  {
    title: 'What WebDAV servers do beyond that',
    columns: DAV_SERVERS.map(nameOf),
    rows: DAV_QUESTIONS.map(titleOf),
  },
];

interface TableShape {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

/** The answers of one column, in the order of the rows. */
type Answers = readonly string[];

export interface AskOptions {
  /** Whether to run the suites too, which takes minutes. */
  readonly withSuites: boolean;
  /** Told what is being asked, for whoever waits. */
  tell(line: string): void;
}

export async function askMatrix({ withSuites, tell }: AskOptions): Promise<Matrix> {
  const [s3, dav] = [columnsOf(S3_SERVERS), columnsOf(DAV_SERVERS)];
  tell('asking through stores');
  const columns = [...LOCAL_COLUMNS, ...s3, ...dav];
  const ofStores = await eachOf(columns, askStore);
  tell('asking S3 servers');
  const ofS3 = await eachOf(s3, askS3);
  tell('asking WebDAV servers');
  const ofDav = await eachOf(dav, askDav);
  const tests = withSuites ? await runSuites(tell) : undefined;
  const general = await eachOf(columns, async ({ name, server }) => [
    server === undefined ? 'this one' : await versionOf(server),
    tests === undefined ? LEFT_OUT : inWords(contractTally(tests, name)),
    tests === undefined ? LEFT_OUT : inWords(twoDevicesTally(tests, name)),
  ]);
  const together = general.map((answers, index) => [...answers, ...(ofStores[index] ?? [])]);
  const asked = [together, ofS3, ofDav];
  return {
    date: new Date().toISOString().slice(0, 10),
    tables: MATRIX_SHAPE.map((shape, index) => tableOf(shape, asked[index] ?? [])),
  };
}

/** One column after the other, so that none disturbs what another is asked. */
async function eachOf(
  columns: readonly Column[],
  ask: (column: Column) => Promise<Answers>,
): Promise<readonly Answers[]> {
  const answers: Answers[] = [];
  for (const column of columns) answers.push(await ask(column));
  return answers;
}

function tableOf({ title, columns, rows }: TableShape, asked: readonly Answers[]): MatrixTable {
  return {
    title,
    columns,
    rows: rows.map((row, index) => ({
      title: row,
      answers: asked.map((answers) => answers[index] ?? ''),
    })),
  };
}

async function askStore({ open }: Column): Promise<Answers> {
  const store = await open();
  try {
    return await askAll(STORE_QUESTIONS, await openStoreBench(store));
  } finally {
    const { objects } = await store.list('');
    await forEachConcurrently(objects, 16, ({ key }) => store.delete(key));
    store.close();
  }
}

async function askS3({ server }: Column): Promise<Answers> {
  const bench = openS3Bench(s3Settings(server));
  return await askAll(S3_QUESTIONS, bench).finally(() => bench.close());
}

async function askDav({ server }: Column): Promise<Answers> {
  const bench = await openDavBench(davSettings(server));
  return await askAll(DAV_QUESTIONS, bench).finally(() => bench.close());
}

function titleOf({ title }: { readonly title: string }): string {
  return title;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
