/**
 * One device's way to the bucket, as networks and servers are: requests get lost, answers get lost
 * after the work was done, writes land late or twice, bodies are torn, answers are old. What it
 * throws is what the real stores throw (`src/store/s3-errors.ts`); the real retry goes around it.
 */
import { contentHash } from '../../src/base/hash.ts';
import { HEADS_PREFIX } from '../../src/format/object-keys.ts';
import { assertBodySize, assertKey, assertPrefix, bodyTooLong } from '../../src/store/checks.ts';
import { MAX_BODY_BYTES, type ObjectStore, StoreError } from '../../src/store/store.ts';
import type { Bucket } from './bucket.ts';
import type { Counters } from './counters.ts';
import type { Plan, StoreFault } from './faults.ts';
import type { Generator } from './generator.ts';
import type { Owner, Scheduler } from './scheduler.ts';

export interface Network {
  readonly scheduler: Scheduler;
  readonly dice: Generator;
  readonly bucket: Bucket;
  readonly plan: Plan;
  readonly counters: Counters;
  /** Who delivers what was sent, after its sender may be gone. */
  readonly carrier: Owner;
  /** Faults happen only while this is true. */
  isFaulty: boolean;
  /** How many writes and deletions machines sent. */
  changes: number;
  /** Writes that are on their way, with the machine that sent each. */
  readonly underWay: Set<UnderWay>;
  /** Told of each write and deletion that a machine sends. Returns what to do once it is done. */
  onChange(change: Change): () => void;
}

export interface UnderWay {
  readonly machine: string;
  readonly key: string;
  /** It lands after so many further writes of that object; by time alone where undefined. */
  writesLeft?: number;
  readonly land: () => void;
}

export interface Change {
  readonly kind: 'put' | 'delete';
  readonly key: string;
  readonly machine: string;
}

export interface Connection {
  /** The program that asks: when it dies, its requests go on without it. */
  readonly owner: Owner;
  /** The machine's name. */
  readonly machine: string;
  isPartitioned(): boolean;
  onServerDate(dateMs: number): void;
}

const TIME_OUT_MS = 30_000;
const FAST_MS = 80;
const SLOW_MS = 25_000;
const LATE_AT_LAST_MS = 5_000;
/** How likely a head is late, written twice or stale in a harsh run. */
const HARSH_HEAD_CHANCE = 0.12;

/** What is on its way lands at once: before a backup is put back, and at the end. */
export function landAll(network: Network, machine?: string): void {
  for (const write of [...network.underWay]) {
    if (machine === undefined || write.machine === machine) write.land();
  }
}

/**
 * Writes that only wait for newer ones never land: an old head that took the place of the newest,
 * whose machine then forgets it, is what no rule can mend.
 */
export function dropOvertaken({ underWay }: Network): void {
  for (const write of [...underWay]) if (write.writesLeft !== undefined) underWay.delete(write);
}

export function connect(network: Network, connection: Connection): ObjectStore {
  const request = new Requests(network, connection);
  return {
    name: 'the simulated bucket',
    async get(key, options = {}) {
      assertKey(key);
      const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
      const ageMs = await request.send('get', key, 'stale-read');
      const found = network.bucket.read(key, ageMs);
      await request.answer('get', key);
      if (found === undefined) return { kind: 'missing' };
      if (found.tag === options.ifNoneMatch) return { kind: 'unchanged' };
      if (found.body.length > maxBytes) throw bodyTooLong(key, maxBytes);
      return { kind: 'found', body: found.body.slice(), tag: found.tag };
    },
    async put(key, body) {
      assertKey(key);
      assertBodySize(key, body);
      const sent = Uint8Array.from(body);
      const onLanded = network.onChange({ kind: 'put', key, machine: connection.machine });
      const land = (): void => {
        network.bucket.put(key, sent);
        onLanded();
      };
      await request.change('put', key, land, sent);
      return { tag: contentHash(sent) };
    },
    async list(prefix) {
      assertPrefix(prefix);
      const ageMs = await request.send('list', prefix, 'stale-list');
      const objects = network.bucket.list(prefix, ageMs);
      await request.answer('list', prefix);
      return { objects, strange: [] };
    },
    async delete(key) {
      assertKey(key);
      network.onChange({ kind: 'delete', key, machine: connection.machine });
      await request.change('delete', key, () => network.bucket.delete(key), undefined);
    },
    close: () => undefined,
  };
}

/** The requests of one connection: how long they take, and how they fail. */
class Requests {
  readonly #network: Network;
  readonly #connection: Connection;

  constructor(network: Network, connection: Connection) {
    this.#network = network;
    this.#connection = connection;
  }

  /** Brings a question to the bucket. Returns how old the answer will be, milliseconds. */
  async send(what: string, key: string, stale: StoreFault): Promise<number> {
    await this.#travel(what, key);
    if (!this.#happens(stale, key)) return 0;
    const { dice, plan, bucket } = this.#network;
    const drawnMs = dice.below(plan.stalenessMs);
    if (!this.#isHarshOn(key)) return drawnMs;
    // The newest of the older states that may be told, where there is one.
    const ages = Array.from({ length: 16 }, (_, at) =>
      Math.floor((plan.stalenessMs * (at + 1)) / 16),
    );
    const now = bucket.read(key, 0)?.tag;
    const isOlder = (tag: string | undefined): boolean => tag !== undefined && tag !== now;
    return ages.find((ageMs) => isOlder(bucket.read(key, ageMs)?.tag)) ?? drawnMs;
  }

  /** Brings the answer back. */
  async answer(what: string, key: string): Promise<void> {
    if (this.#happens('lost-answer')) await this.#timeOut(what, key);
    await this.#turn(`answer ${what} ${key}`, this.#latencyMs());
    if (this.#connection.isPartitioned()) await this.#timeOut(what, key);
    if (this.#network.plan.hasServerDate)
      this.#connection.onServerDate(this.#network.scheduler.now());
  }

  /** A write or a deletion: done now, later, twice, or in part. */
  async change(
    what: 'put' | 'delete',
    key: string,
    apply: () => void,
    body: Uint8Array | undefined,
  ): Promise<void> {
    const { dice, bucket } = this.#network;
    this.#network.changes += 1;
    // Sent, and perhaps done, whether or not the sender lives to hear of it.
    if (this.#happens(what === 'put' ? 'late-write' : 'late-delete', key)) {
      this.#landLater(what, key, apply);
      await this.#timeOut(what, key);
    }
    await this.#travel(what, key);
    if (body !== undefined && body.length > 1 && this.#happens('torn-object')) {
      bucket.put(key, body.subarray(0, dice.below(body.length)));
      throw unreachable('the connection broke off', 'soon');
    }
    apply();
    if (what === 'put') this.#overtake(key);
    if (what === 'put' && this.#happens('duplicate-write', key)) this.#landLater(what, key, apply);
    await this.answer(what, key);
  }

  async #travel(what: string, key: string): Promise<void> {
    const { dice } = this.#network;
    if (this.#connection.isPartitioned()) {
      await this.#turn(`no way ${what} ${key}`, dice.chance(0.5) ? dice.below(50) : TIME_OUT_MS);
      throw unreachable('the network is not to be had', 'soon');
    }
    if (this.#happens('lost-request')) await this.#timeOut(what, key);
    await this.#turn(`${what} ${key}`, this.#latencyMs());
    if (this.#happens('slow-down')) {
      await this.#turn(`slow down ${what} ${key}`, this.#latencyMs());
      throw unreachable('the bucket asks to slow down', 'slower');
    }
    if (this.#happens('server-trouble')) {
      await this.#turn(`trouble ${what} ${key}`, this.#latencyMs());
      throw unreachable('the bucket is in trouble (status 500)', 'soon');
    }
  }

  #landLater(what: string, key: string, apply: () => void): void {
    const { scheduler, dice, carrier, underWay } = this.#network;
    const write: UnderWay = {
      machine: this.#connection.machine,
      key,
      land: () => {
        if (underWay.delete(write)) apply();
      },
    };
    underWay.add(write);
    if (what === 'put' && this.#isHarshOn(key) && dice.chance(0.6)) {
      write.writesLeft = dice.between(1, 3);
      return;
    }
    // Mostly soon, at times long after newer ones.
    const delayMs = dice.longTail(6 * 60 * 60 * 1000);
    scheduler.later(carrier, `late ${what} ${key}`, delayMs, write.land);
  }

  /** Late writes of the same object that were only waiting to land over a newer one. */
  #overtake(key: string): void {
    const { scheduler, dice, carrier, underWay } = this.#network;
    for (const write of [...underWay]) {
      if (write.key !== key || write.writesLeft === undefined) continue;
      write.writesLeft -= 1;
      if (write.writesLeft > 0) continue;
      scheduler.later(carrier, `late at last ${key}`, dice.below(LATE_AT_LAST_MS), write.land);
    }
  }

  /** Heads are the only objects that change. */
  #isHarshOn(key: string): boolean {
    return this.#network.plan.isHarsh && key.startsWith(HEADS_PREFIX) && key !== HEADS_PREFIX;
  }

  async #timeOut(what: string, key: string): Promise<never> {
    await this.#turn(`time-out ${what} ${key}`, TIME_OUT_MS);
    throw unreachable('the bucket did not answer in time', 'soon');
  }

  #turn(what: string, delayMs: number): Promise<void> {
    return this.#network.scheduler.turn(this.#connection.owner, what, delayMs);
  }

  #latencyMs(): number {
    return this.#network.dice.below(this.#happens('slow-answer') ? SLOW_MS : FAST_MS);
  }

  /** @param key the object, for faults that strike some more than others. */
  #happens(fault: StoreFault, key = ''): boolean {
    const { isFaulty, plan, dice, counters } = this.#network;
    // There are few deletions, and most runs have none.
    const usual = fault === 'late-delete' ? 0.3 : plan.storeFaultChance;
    const chance = this.#isHarshOn(key) ? HARSH_HEAD_CHANCE : usual;
    if (!isFaulty || !plan.on.has(fault) || !dice.chance(chance)) return false;
    counters.add(fault);
    return true;
  }
}

function unreachable(message: string, retry: 'soon' | 'slower'): StoreError {
  return new StoreError('unreachable', message, retry, { hint: 'It is tried again.' });
}
