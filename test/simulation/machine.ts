/**
 * A computer with a disk, a replica and, at times, a Satchel that runs on it. It can be killed at
 * any await and at any statement of its replica, lose its power, be copied and be put back.
 */
import { join } from 'node:path';
import type { SyncResult } from '../../src/api/status.ts';
import { runPrune } from '../../src/app/prune.ts';
import type { Session } from '../../src/app/session.ts';
import { runSync } from '../../src/app/sync.ts';
import { runWatch } from '../../src/app/watch.ts';
import type { Database } from '../../src/replica/database.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import type { RoundOptions } from '../../src/sync/round.ts';
import { type MachineTime, machineClock } from './clocks.ts';
import type { Counters } from './counters.ts';
import type { SimulatedDisk } from './disk.ts';
import { type Circumstances, isNormalFailure } from './failures.ts';
import type { Generator } from './generator.ts';
import { type Repository, startProgram, VAULT_ROOT } from './program.ts';
import { Killed, type SimulatedDatabase } from './replica.ts';
import { ReplicaFile } from './replica-file.ts';
import { createRequestLog, type RequestLog } from './requests.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import { connect, type Network } from './store.ts';

/** What machines need of the world they stand in. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly dice: Generator;
  readonly network: Network;
  readonly counters: Counters;
  readonly repository: Repository;
  /** A folder of the real machine, for replicas. */
  readonly place: string;
  storeOf(store: ObjectStore): ObjectStore;
  makeDisk(machine: Machine): SimulatedDisk;
  copyDisk(machine: Machine, disk: SimulatedDisk): SimulatedDisk;
  /** A name for a file that nobody had before. */
  nextName(prefix: string): string;
  /** Told of what should never happen. */
  onFailure(machine: Machine, what: string, error: unknown): void;
  /** Told when whatever ran was ended in the midst of it. */
  onDeath(machine: Machine): void;
  /** Told of each round that came to its end. */
  onRound(machine: Machine, round: RoundCost): void;
}

/** What a round asked of the bucket, and how many versions it published. */
export interface RoundCost {
  readonly requests: readonly string[];
  readonly versions: number;
}

type Death = 'kill' | 'power-cut';

/** What a backup or a disk image holds. */
export interface Image {
  readonly disk: SimulatedDisk;
  readonly replica: string | undefined;
  readonly atMs: number;
  /** How many edits people had made in all; see `oracle.ts`. */
  readonly edits: number;
}

interface Program {
  readonly owner: Owner;
  readonly db: SimulatedDatabase;
  readonly stop: AbortController;
  readonly requests: RequestLog;
  session: Session | undefined;
}

/** What it has to survive: so many more awaits or statements, and then it dies. */
export interface Fuse {
  readonly at: 'await' | 'statement';
  /** Makes it die. */
  readonly strike: () => void;
  left: number;
}

export class Machine {
  readonly name: string;
  readonly isFirst: boolean;
  /** Satchel runs all the time, and not only when somebody asks it to. */
  readonly watches: boolean;
  readonly time: MachineTime = { offsetMs: 0, sleptMs: 0 };
  /** How often Satchel has looked into a folder of the vault. */
  looks = 0;
  isPartitioned = false;
  isAsleep = false;
  /** When what it was last at began, or, in `watch`, when its last round had sent everything. */
  workSinceMs = 0;
  /** Never starts again. */
  isGone = false;
  disk: SimulatedDisk;
  /** What its last whole round asked of the bucket. */
  lastRequests: readonly string[] = [];
  readonly #around: Surroundings;
  readonly #replica: ReplicaFile;
  #program: Program | undefined;
  #work: { readonly what: string; readonly promise: Promise<void> } | undefined;
  #fuse: Fuse | undefined;

  constructor(
    around: Surroundings,
    options: {
      readonly name: string;
      readonly isFirst?: boolean;
      readonly watches?: boolean;
      readonly image?: Image;
    },
  ) {
    this.#around = around;
    this.name = options.name;
    this.isFirst = options.isFirst === true;
    this.watches = options.watches === true;
    const { image } = options;
    this.disk = image === undefined ? around.makeDisk(this) : around.copyDisk(this, image.disk);
    this.#replica = new ReplicaFile(() => join(around.place, around.nextName(this.name)));
    if (image !== undefined) this.#replica.become(image.replica);
  }

  /** The session of the program that runs; undefined before it has started, and after it died. */
  get session(): Session | undefined {
    return this.#program?.session;
  }

  get isRunning(): boolean {
    return this.#program !== undefined;
  }

  get isBusy(): boolean {
    return this.#work !== undefined;
  }

  /** What it is at, for the trace. */
  get work(): string {
    return this.#work?.what ?? (this.isRunning ? 'idle' : 'off');
  }

  /** Asked by the disk before and after each operation. */
  async passGate(operation: string, path: string, stage: 'before' | 'after'): Promise<void> {
    const owner = this.#program?.owner;
    if (owner === undefined || owner.isDead) return never();
    const { dice, scheduler } = this.#around;
    if (stage === 'after' && !dice.chance(0.1)) return;
    await scheduler.turn(
      owner,
      `${stage} ${operation} ${path}`,
      dice.chance(0.05) ? dice.below(40) : 0,
    );
    if (operation === 'list' && stage === 'before' && path.startsWith(VAULT_ROOT)) this.looks += 1;
  }

  /** Starts Satchel; with `watches`, it then goes on by itself. */
  start(): void {
    if (this.isRunning || this.isGone) return;
    const program = this.#makeProgram();
    this.#program = program;
    this.#do('start', program, async () => {
      program.session = await this.#open(program);
    });
  }

  startRound(options: RoundOptions): boolean {
    return this.#whileIdle('round', async (session, requests) => {
      requests.take();
      const { collections } = await runSync(session, undefined, options);
      this.#around.counters.add('round');
      this.lastRequests = requests.take();
      const versions = collections.reduce((sum, { published }) => sum + published.versions, 0);
      this.#around.onRound(this, { requests: this.lastRequests, versions });
    });
  }

  startPrune(): boolean {
    return this.#whileIdle('prune', async (session) => {
      await runPrune(session);
      this.#around.counters.add('prune-run');
    });
  }

  startWatch(): boolean {
    return this.#whileIdle('watch', async (session, requests) => {
      const { counters, onRound } = this.#around;
      const circumstances = this.#circumstances();
      // What pruning asked for before is no part of a round.
      requests.take();
      const told = (versions: number): void => {
        const { sent } = requests;
        requests.forget();
        if (sent !== undefined) onRound(this, { requests: sent, versions });
      };
      requests.onSent = () => {
        // One in which nothing happened was not told of.
        told(0);
        requests.close();
        this.workSinceMs = this.#around.scheduler.now();
      };
      requests.onNotice = () => void requests.take();
      const reporter = {
        round({ collections }: SyncResult) {
          counters.add('round-in-watch');
          told(collections.reduce((sum, { published }) => sum + published.versions, 0));
        },
        failed: (error: unknown) => {
          this.#judge('round in watch', error, circumstances);
          requests.forget();
        },
        pruned() {
          counters.add('prune-run');
          requests.take();
        },
      };
      const stop = this.#program?.stop.signal ?? AbortSignal.abort();
      await runWatch(session, reporter, stop);
    });
  }

  /** Resolves when the work under way has ended; at once where there is none. */
  async idle(): Promise<void> {
    await this.#work?.promise;
  }

  /** Ends Satchel as Ctrl-C does. */
  stop(): void {
    this.#program?.stop.abort();
  }

  /** After so many more awaits, or statements, it dies. */
  lightFuse(fuse: Fuse): void {
    this.#fuse = fuse;
  }

  /** Lets the simulation or a person work on the replica: the program's fuse does not burn by it. */
  unobserved<T>(work: () => T): T {
    return this.#program === undefined ? work() : this.#program.db.unobserved(work);
  }

  /** Asks the replica something, whether or not a program works on it; undefined without one. */
  askReplica<T>(question: (db: Database) => T): T | undefined {
    return this.#replica.ask(question);
  }

  putOutFuse(): void {
    this.#fuse = undefined;
  }

  /** Ends whatever runs at once. What it sent may go on without it. */
  die(death: Death): void {
    const wasRunning = this.#program !== undefined;
    this.#end(death);
    if (wasRunning) this.#around.onDeath(this);
  }

  /** At the end of a run: nothing is asked of it any more. */
  scrap(): void {
    this.#end('kill');
    this.#replica.remove();
  }

  /** Copies disk and replica, while nobody uses them or not: SQLite and disks allow for both. */
  image(edits: number): Image {
    const disk = this.#around.copyDisk(this, this.disk);
    return { disk, replica: this.#replica.copy(), atMs: this.#around.scheduler.now(), edits };
  }

  /** Puts disk and replica back to what they were. */
  restore(image: Image): void {
    this.die('kill');
    this.disk = this.#around.copyDisk(this, image.disk);
    this.#replica.become(image.replica);
  }

  /** Has its wall clock jump. */
  jumpClock(byMs: number): void {
    this.time.offsetMs = byMs;
  }

  setAsleep(isAsleep: boolean): void {
    this.isAsleep = isAsleep;
    if (this.#program !== undefined) this.#program.owner.isAsleep = isAsleep;
  }

  #end(death: Death): void {
    const program = this.#program;
    this.#fuse = undefined;
    this.#program = undefined;
    this.#work = undefined;
    if (program !== undefined) {
      program.owner.isDead = true;
      program.db.kill();
      if (death === 'power-cut') this.#replica.cut(this.#around.dice);
    }
    if (death === 'power-cut') this.disk.cutPower(() => this.#around.dice.chance(0.5));
    else this.disk.endWatches();
  }

  #makeProgram(): Program {
    const owner: Owner = {
      name: this.name,
      isDead: false,
      isAsleep: this.isAsleep,
      dies: () => this.#burns('await'),
    };
    const db = this.#replica.open();
    db.begin(() => {
      if (owner.isDead || this.#burns('statement')) throw new Killed('the machine is dead');
    });
    const requests = createRequestLog();
    return { owner, db, requests, stop: new AbortController(), session: undefined };
  }

  #open(program: Program): Promise<Session> {
    const { scheduler, dice, network, repository } = this.#around;
    const { owner, db, requests } = program;
    const clock = machineClock(scheduler, owner, this.time, dice);
    return startProgram({
      repository,
      name: this.name,
      isFirst: this.isFirst,
      db,
      disk: this.disk,
      clock,
      random: dice,
      connect: (onServerDate) =>
        connect(network, {
          owner,
          machine: this.name,
          isPartitioned: () => this.isPartitioned,
          onServerDate,
        }),
      count: (store) => this.#around.storeOf(requests.wrap(store)),
      onRoundSent: () => requests.onSent(),
      onNotice: () => requests.onNotice(),
    });
  }

  /** True where it has just died. */
  #burns(at: Fuse['at']): boolean {
    const fuse = this.#fuse;
    if (fuse?.at !== at) return false;
    fuse.left -= 1;
    if (fuse.left > 0) return false;
    this.#around.counters.add(at === 'await' ? 'kill-at-await' : 'kill-at-statement');
    fuse.strike();
    return true;
  }

  #whileIdle(
    what: string,
    act: (session: Session, requests: RequestLog) => Promise<void>,
  ): boolean {
    const program = this.#program;
    const session = program?.session;
    if (program === undefined || session === undefined || this.isBusy) return false;
    this.#do(what, program, () => act(session, program.requests));
    return true;
  }

  /** Runs work in the background; what a person would be told of it is only counted. */
  #do(what: string, program: Program, act: () => Promise<void>): void {
    this.workSinceMs = this.#around.scheduler.now();
    const circumstances = this.#circumstances();
    const promise = act()
      .catch((error: unknown) => {
        if (!program.owner.isDead) this.#judge(what, error, circumstances);
      })
      .then(() => {
        if (this.#program !== program) return;
        this.#work = undefined;
        if (what === 'start' && program.session === undefined) this.die('kill');
        if (what === 'watch') this.die('kill');
      });
    if (this.#program !== program) return;
    this.#work = { what, promise };
  }

  #circumstances(): Circumstances {
    const { plan, isFaulty } = this.#around.network;
    return { on: plan.on, isFaulty };
  }

  #judge(what: string, error: unknown, circumstances: Circumstances): void {
    const { counters, onFailure } = this.#around;
    if (isNormalFailure(what, error, circumstances)) counters.add(`${what}-failed`);
    else onFailure(this, what, error);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
